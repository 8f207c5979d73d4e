import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { redactText } from './redact-text.ts';
import { currentContext } from './request-context.ts';

export type Logger = PinoLogger;

export type LoggerOptions = {
  readonly service: string;
  readonly version: string;
  readonly level: string;
  readonly destination?: DestinationStream;
};

const secretNames = new Set([
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apikey',
  'api_key',
  'set-cookie',
  'credentials',
  'accesstoken',
  'access_token',
  'refreshtoken',
  'refresh_token',
  'id_token',
  'authtoken',
  'clientsecret',
  'client_secret',
  'secretkey',
  'webhooksecrets',
  'privatejwk',
  'code_verifier',
  'x-maxai-identity',
]);
const depthMax = 6;

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether it is written as it stands: nothing to look into, no value under a secret's name, as in most lines. */
function holdsNone(value: object): boolean {
  if ('toJSON' in value) return false;
  for (const [key, member] of Object.entries(value)) {
    if (isContainer(member) || secretNames.has(key.toLowerCase())) return false;
  }
  return true;
}

/** A copy without the values under a secret's name, whatever its case; what holds none is passed on as it is. */
function withoutSecrets(value: object, depth: number): object {
  const readable = value instanceof Error ? pino.stdSerializers.err(value) : value;
  if (holdsNone(readable)) return readable;
  const members: [string, unknown][] = Object.entries(readable);
  // What an object would write of itself was not looked at.
  const written = members.filter(([, member]) => typeof member !== 'function');
  const entries = written.map(([key, member]) => {
    if (secretNames.has(key.toLowerCase())) return [key, '[redacted]'];
    const deeper = isContainer(member) && !(member instanceof Date) && depth < depthMax;
    return [key, deeper ? withoutSecrets(member, depth + 1) : member];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

/**
 * JSON lines with exactly the field names the platform's log format fixes: timestamp, level, message,
 * correlation_id, tenant_id, client_id, user_id, service; a request line adds method, path, status and
 * duration_ms. Values under a secret's name are replaced wherever they stand, up to six levels deep, and what looks
 * like a secret, a phone number or an e-mail address is taken out of any text.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      messageKey: 'message',
      hooks: { streamWrite: redactText },
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => withoutSecrets(fields, 0) as Record<string, unknown>,
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
    // Lines travel together: a write of its own for each costs more than the line. A killed process loses 100 ms.
    options.destination ??
      pino.destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 100 }),
  );
}
