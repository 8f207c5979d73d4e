import {
  callerName,
  databasePassword,
  databaseRole,
  environmentPrefix,
  identitySecret,
  type Backend,
  type CallerName,
  type DeployableName,
  type Environment,
  type Platform,
  type SchemaName,
  type SecretName,
  type Service,
  type ServiceName,
  type Setting,
  type Settings,
} from './model/index.ts';

import { tracingVariables } from './observability/tracing-variables.ts';

/** What differs between a laptop and a cluster: where things are and how a secret is read. */
export type Wiring = {
  readonly environment: Environment;
  readonly version: string;
  readonly port: (name: DeployableName) => number;
  readonly url: (name: DeployableName) => string;
  readonly redisUrl: (instance: 'cache' | 'queue') => string;
  readonly databaseHost: string;
  /** How many addresses of ours a request shows after its client's. */
  readonly trustedProxies: number;
  /** Where traces are sent; without it nobody traces. */
  readonly tracesUrl?: string;
} & SecretWiring;

/** A secret as a value, as part of a URL, and the public half of a caller's key as a JWK. */
export type SecretWiring = {
  readonly secret: (name: SecretName) => string;
  readonly secretInUrl: (name: SecretName) => string;
  readonly publicJwk: (caller: CallerName) => string;
};

type Variables = Record<string, string>;

/** The service whose folder, schema and prefix a backend process has. */
function serviceOf(platform: Platform, backend: Backend): Service {
  const name = backend.kind === 'worker' ? backend.service : backend.name;
  const service = platform.services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`${backend.name} belongs to no declared service`);
  return service;
}

/** Who may call `service` with a signed identity: the processes that declare the edge, and the operator. */
export function callersOf(
  platform: Platform,
  environment: Environment,
  service: ServiceName,
): CallerName[] {
  const callers = [...platform.services, ...platform.workers]
    .filter(({ calls }) => (calls as readonly ServiceName[]).includes(service))
    .map((backend) => callerName(backend));
  return environment.operatorCalls.includes(service) ? [...callers, 'maxai-ops'] : callers;
}

/** The public half of a caller's key under its name as `kid`, as the callee's verifier expects it. */
function publicHalf(caller: CallerName, privateJwk: string): string {
  const { kty = '', crv = '', x = '' } = JSON.parse(privateJwk) as Variables;
  return JSON.stringify({ kty, crv, x, kid: caller, alg: 'EdDSA', use: 'sig' });
}

/** Where the values themselves are at hand. */
export function plainSecrets(secret: SecretWiring['secret']): SecretWiring {
  return {
    secret,
    secretInUrl: (name) => encodeURIComponent(secret(name)),
    publicJwk: (caller) => publicHalf(caller, secret(identitySecret(caller))),
  };
}

export function databaseUrl(wiring: Wiring, schema: SchemaName, role: 'owner' | 'app'): string {
  const password = wiring.secretInUrl(databasePassword(schema, role));
  return `postgres://${databaseRole(schema, role)}:${password}@${wiring.databaseHost}/${wiring.environment.postgres.database}`;
}

function settingValue(setting: Setting, { environment, secret, trustedProxies }: Wiring): string {
  if (setting.kind === 'secret') return secret(setting.name);
  if (setting.kind === 'trusted-proxies') return String(trustedProxies);
  if (setting.kind === 'environment') return environment.values[setting.key];
  if (setting.kind === 'public-url') return `${environment.publicUrl}${setting.path}`;
  return String(setting.value);
}

/** A deployable's own settings under its prefix. */
export function settingVariables(
  name: DeployableName,
  settings: Settings,
  wiring: Wiring,
): Variables {
  return Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [
      `${environmentPrefix(name)}_${key}`,
      settingValue(setting, wiring),
    ]),
  );
}

/** What every process of ours reads, whichever it is. */
export function processVariables(name: DeployableName, wiring: Wiring): Variables {
  const prefix = environmentPrefix(name);
  return {
    [`${prefix}_PORT`]: String(wiring.port(name)),
    [`${prefix}_VERSION`]: wiring.version,
    [`${prefix}_LOG_LEVEL`]: wiring.environment.logLevel,
    [`${prefix}_PUBLIC_URL`]: wiring.environment.publicUrl,
  };
}

/** What makes a process of ours trace, where traces are collected. */
export function traceVariables(
  name: DeployableName,
  { tracesUrl, version, environment }: Wiring,
): Variables {
  return tracesUrl === undefined ? {} : tracingVariables({ name, version, environment }, tracesUrl);
}

/** The complete environment of a service or worker process. */
export function backendVariables(platform: Platform, backend: Backend, wiring: Wiring): Variables {
  const service = serviceOf(platform, backend);
  const prefix = environmentPrefix(backend.name);
  const variables = {
    ...processVariables(backend.name, wiring),
    ...traceVariables(backend.name, wiring),
    ...settingVariables(backend.name, backend.settings, wiring),
  };
  if (service.database !== null) {
    variables[`${prefix}_DATABASE_URL`] = databaseUrl(wiring, service.database.schema, 'app');
    variables[`${prefix}_DATABASE_POOL_MAX`] = String(service.database.poolMax);
  }
  if (backend.usesCache) variables[`${prefix}_CACHE_URL`] = wiring.redisUrl('cache');
  if (backend.kind === 'worker' || backend.usesQueue) {
    variables[`${prefix}_QUEUE_URL`] = wiring.redisUrl('queue');
  }
  for (const callee of backend.calls) {
    variables[`${prefix}_${environmentPrefix(callee)}_URL`] = wiring.url(callee);
  }
  for (const provider of backend.providers) {
    variables[`${prefix}_${provider.toUpperCase()}_BASE_URL`] =
      wiring.environment.providers[provider];
  }
  if (backend.calls.length > 0) {
    const key = identitySecret(callerName(backend));
    variables[`${prefix}_IDENTITY_PRIVATE_JWK`] = wiring.secret(key);
  }
  const callers = callersOf(platform, wiring.environment, service.name);
  // A worker is called by nobody: it answers health and metrics only.
  if (backend.kind !== 'worker' && callers.length > 0) {
    const keys = callers.map((caller) => wiring.publicJwk(caller));
    variables[`${prefix}_IDENTITY_PUBLIC_JWKS`] = `{"keys":[${keys.join()}]}`;
  }
  return variables;
}
