import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { currentContext } from './request-context.ts';

export type Logger = PinoLogger;

export type LoggerOptions = {
  readonly service: string;
  readonly version: string;
  readonly level: string;
  readonly destination?: DestinationStream;
};

const secretNames = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apiKey',
  'api_key',
  'set-cookie',
  'credentials',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'id_token',
  'authToken',
  'clientSecret',
  'client_secret',
  'secretKey',
  'webhookSecrets',
  'privateJwk',
  'code_verifier',
  'x-maxai-identity',
];

/**
 * JSON lines with exactly the field names the platform's log format fixes: timestamp, level, message,
 * correlation_id, tenant_id, client_id, user_id, service; a request line adds method, path, status and
 * duration_ms. Values under a secret's name are replaced wherever they stand up to three levels deep.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secretNames.flatMap((name) => {
          const quoted = `["${name}"]`;
          return [quoted, `*${quoted}`, `*.*${quoted}`];
        }),
        censor: '[redacted]',
      },
      mixin: () => {
        const context = currentContext();
        return {
          correlation_id: context.correlationId,
          ...(context.tenantId !== undefined && { tenant_id: context.tenantId }),
          ...(context.clientId !== undefined && { client_id: context.clientId }),
          ...(context.userId !== undefined && { user_id: context.userId }),
        };
      },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false, minLength: 0 }),
  );
}
