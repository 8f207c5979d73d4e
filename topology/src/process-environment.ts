import {
  databasePassword,
  databaseRole,
  environmentPrefix,
  identitySecret,
  type Backend,
  type CallerName,
  type DeployableName,
  type Environment,
  type Platform,
  type ProviderName,
  type SchemaName,
  type SecretName,
  type Service,
  type ServiceName,
  type Settings,
} from './model/index.ts';

/** What differs between a laptop and a cluster: where things are and how a secret is read. */
export type Wiring = {
  readonly environment: Environment;
  readonly version: string;
  readonly port: (name: DeployableName) => number;
  readonly url: (name: DeployableName) => string;
  readonly redisUrl: (instance: 'cache' | 'queue') => string;
  readonly databaseHost: string;
  readonly secret: (name: SecretName) => string;
};

type Variables = Record<string, string>;

/** A service with its workers reads one configuration: what any of them calls, all of them know. */
type ServiceGroup = {
  readonly service: Service;
  readonly calls: readonly ServiceName[];
  readonly providers: readonly ProviderName[];
};

function groupOf(platform: Platform, backend: Backend): ServiceGroup {
  const name = backend.kind === 'worker' ? backend.service : backend.name;
  const service = platform.services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`${backend.name} belongs to no declared service`);
  const members = [service, ...platform.workers.filter((worker) => worker.service === name)];
  return {
    service,
    calls: [...new Set(members.flatMap((member): readonly ServiceName[] => member.calls))],
    providers: [...new Set(members.flatMap((member) => member.providers))],
  };
}

/** Who may call `service` with a signed identity: the groups that declare the edge, and the operator. */
export function callersOf(
  platform: Platform,
  environment: Environment,
  service: ServiceName,
): CallerName[] {
  const callers = platform.services
    .filter((candidate) => groupOf(platform, candidate).calls.includes(service))
    .map((candidate) => candidate.name as CallerName);
  return environment.operatorCalls.includes(service) ? [...callers, 'maxai-ops'] : callers;
}

/** The public half of a caller's key under its name as `kid`, as the callee's verifier expects it. */
function publicJwk(caller: CallerName, privateJwk: string): Variables {
  const { kty = '', crv = '', x = '' } = JSON.parse(privateJwk) as Variables;
  return { kty, crv, x, kid: caller, alg: 'EdDSA', use: 'sig' };
}

export function databaseUrl(wiring: Wiring, schema: SchemaName, role: 'owner' | 'app'): string {
  const password = encodeURIComponent(wiring.secret(databasePassword(schema, role)));
  return `postgres://${databaseRole(schema, role)}:${password}@${wiring.databaseHost}/${wiring.environment.postgres.database}`;
}

/** A deployable's own settings under its prefix. */
export function settingVariables(
  name: DeployableName,
  settings: Settings,
  { environment, secret }: Wiring,
): Variables {
  return Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => {
      const variable = `${environmentPrefix(name)}_${key}`;
      switch (setting.kind) {
        case 'value':
          return [variable, String(setting.value)];
        case 'public-url':
          return [variable, `${environment.publicUrl}${setting.path}`];
        case 'environment':
          return [variable, environment.values[setting.key]];
        case 'secret':
          return [variable, secret(setting.name)];
      }
    }),
  );
}

/** What every process of ours reads, whichever it is. */
export function processVariables(name: DeployableName, wiring: Wiring): Variables {
  const prefix = environmentPrefix(name);
  return {
    [`${prefix}_PORT`]: String(wiring.port(name)),
    [`${prefix}_ENVIRONMENT`]: wiring.environment.name,
    [`${prefix}_VERSION`]: wiring.version,
    [`${prefix}_LOG_LEVEL`]: wiring.environment.logLevel,
    [`${prefix}_PUBLIC_URL`]: wiring.environment.publicUrl,
  };
}

/** The complete environment of a service or worker process. */
export function backendVariables(platform: Platform, backend: Backend, wiring: Wiring): Variables {
  const { service, calls, providers } = groupOf(platform, backend);
  const prefix = environmentPrefix(backend.name);
  const variables = {
    ...processVariables(backend.name, wiring),
    ...settingVariables(service.name, service.settings, wiring),
  };
  if (service.database !== null) {
    variables[`${prefix}_DATABASE_URL`] = databaseUrl(wiring, service.database.schema, 'app');
    variables[`${prefix}_DATABASE_POOL_MAX`] = String(service.database.poolMax);
  }
  if (service.usesCache) variables[`${prefix}_CACHE_URL`] = wiring.redisUrl('cache');
  if (service.usesQueue) variables[`${prefix}_QUEUE_URL`] = wiring.redisUrl('queue');
  for (const callee of calls) {
    variables[`${prefix}_${environmentPrefix(callee)}_URL`] = wiring.url(callee);
  }
  for (const provider of providers) {
    variables[`${prefix}_${provider.toUpperCase()}_BASE_URL`] =
      wiring.environment.providers[provider];
  }
  if (service.name !== 'iam' && calls.length > 0) {
    variables[`${prefix}_IDENTITY_PRIVATE_JWK`] = wiring.secret(identitySecret(service.name));
  }
  const callers = callersOf(platform, wiring.environment, service.name);
  if (callers.length > 0) {
    const keys = callers.map((caller) => publicJwk(caller, wiring.secret(identitySecret(caller))));
    variables[`${prefix}_IDENTITY_PUBLIC_JWKS`] = JSON.stringify({ keys });
  }
  return variables;
}
