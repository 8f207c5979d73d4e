import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

const Url = (service: string) =>
  Type.String({ pattern: '^https?://', description: `Base URL of ${service}` });

export const settings = Type.Object({
  ...processSettings,
  cacheUrl: Type.String({ description: 'The Redis of sessions, flags and rate limits' }),
  identityPrivateJwk: Type.String({ description: 'Ed25519 key the gateway signs identities with' }),
  iamUrl: Url('iam'),
  promptSvcUrl: Url('prompt-svc'),
  webhookIngressUrl: Url('webhook-ingress'),
  orchestratorUrl: Url('orchestrator'),
  billingUsageUrl: Url('billing-usage'),
  paymentsUrl: Url('payments'),
  rateLimitPerMinute: Type.Integer({
    default: 1200,
    minimum: 1,
    description: 'Per API key or session; a tenant gets five times as much',
  }),
  unknownCredentialsPerMinute: Type.Integer({
    default: 60,
    minimum: 1,
    description: 'Refused sessions and API keys of one address before it is no longer asked',
  }),
  trustedProxies: Type.Integer({
    default: 0,
    minimum: 0,
    description:
      "Addresses that follow the client's: the rest of X-Forwarded-For and the connection's own. Too many and a client chooses its address",
  }),
  allowedOrigins: Type.String({
    default: '',
    description: 'Further origins that may call with cookies, comma-separated',
  }),
  bodyLimitBytes: Type.Integer({ default: 1_048_576, minimum: 1024 }),
  upstreamTimeoutMs: Type.Integer({ default: 10_000, minimum: 10 }),
});

export type ApiGatewayConfig = Static<typeof settings>;

export function readConfig(env: NodeJS.ProcessEnv): ApiGatewayConfig {
  return loadConfig('API_GATEWAY', settings, env);
}

/** Origins whose pages may send the session cookie on writes. */
export function trustedOrigins(config: ApiGatewayConfig): ReadonlySet<string> {
  const further = config.allowedOrigins.split(',').map((origin) => origin.trim());
  return new Set([new URL(config.publicUrl).origin, ...further.filter((origin) => origin !== '')]);
}
