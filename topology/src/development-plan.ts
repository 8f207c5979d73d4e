import { developmentEnvironment } from './environments/development.ts';
import { trustedHops } from './environments/trusted-hops.ts';
import {
  databasePassword,
  databaseRole,
  environmentPrefix,
  type Deployable,
  type DeployableName,
  type Environment,
  type RedisInstance,
  type SchemaName,
  type SecretKind,
  type SecretName,
  type Service,
  type ServiceName,
} from './model/index.ts';
import { platform } from './platform.ts';
import {
  backendVariables,
  databaseUrl,
  plainSecrets,
  processVariables,
  settingVariables,
  traceVariables,
  type Wiring,
} from './process-environment.ts';

export type ProcessSpec = {
  readonly name: DeployableName;
  readonly kind: Deployable['kind'];
  /** Relative to the repository; for a web app the built Next standalone server. */
  readonly entry: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Processes that must be healthy before this one starts. */
  readonly dependsOn: readonly DeployableName[];
  readonly healthUrl: string;
};

export type SecretSpec = {
  readonly name: SecretName;
  readonly kind: SecretKind;
  readonly developmentValue?: string;
};

export type DevelopmentPlan = {
  readonly postgres: {
    readonly port: number;
    readonly database: 'maxai';
    readonly adminPasswordSecret: SecretName;
    readonly schemas: readonly {
      readonly service: ServiceName;
      readonly schema: SchemaName;
      readonly ownerRole: string;
      readonly ownerPasswordSecret: SecretName;
      readonly appRole: string;
      readonly appPasswordSecret: SecretName;
    }[];
  };
  readonly redis: readonly {
    readonly name: 'cache' | 'queue';
    readonly port: number;
    readonly maxmemoryPolicy: RedisInstance['maxmemoryPolicy'];
    readonly appendOnly: boolean;
    readonly maxmemoryMb: number;
  }[];
  readonly secrets: readonly SecretSpec[];
  readonly migrations: readonly {
    readonly service: ServiceName;
    readonly schema: SchemaName;
    readonly directory: string;
    readonly url: string;
  }[];
  readonly processes: readonly ProcessSpec[];
};

const loopback = '127.0.0.1';
const lowestUsablePort = 1024;
const highestPort = 65_535;

/** Everything that runs on one machine, from the outside world to the edge. */
export const deployables: readonly Deployable[] = [
  platform.sandbox,
  ...platform.services,
  ...platform.workers,
  ...platform.webApps,
  platform.edge,
];

/** The secrets development needs, to be made once and kept; the plan asks for them by name. */
export const developmentSecrets: readonly SecretSpec[] = Object.entries(platform.secrets).map(
  ([key, secret]) => {
    // Object.entries widens the keys of the record to string.
    const name = key as SecretName;
    return secret.kind === 'external'
      ? { name, kind: secret.kind, developmentValue: secret.developmentValue }
      : { name, kind: secret.kind };
  },
);

/** Throws `RangeError` when an inner port, which moves with the edge's, would leave the usable range. */
function checkPortOffset(portOffset: number, environment: Environment): void {
  const { postgres, redis } = environment;
  const ports = [
    ...deployables.map(({ port }) => port + portOffset),
    postgres.port,
    redis.cache.port,
    redis.queue.port,
    ...Object.values(environment.observability ?? {}),
  ];
  const lowest = Math.min(...ports) - portOffset;
  const highest = Math.max(...ports) - portOffset;
  const edgePort = platform.edge.port;
  const min = lowestUsablePort + edgePort - lowest;
  const max = highestPort + edgePort - highest;
  const asked = edgePort + portOffset;
  if (!Number.isInteger(asked) || asked < min || asked > max) {
    throw new RangeError(
      `MAXAI_PORT ${asked} is out of range: every inner port moves with it, so choose ${min} to ${max}`,
    );
  }
}

function statefulServices(): (Service & { database: { schema: SchemaName } })[] {
  return platform.services.filter((service) => service.database !== null);
}

function entryOf(deployable: Deployable): string {
  const { kind, name } = deployable;
  if (kind === 'service') return `services/${name}/main.ts`;
  if (kind === 'worker') return `services/${deployable.service}/worker.ts`;
  if (kind === 'web') return `apps/${name}/.next/standalone/apps/${name}/server.js`;
  return kind === 'edge' ? 'ops/src/edge/main.ts' : 'sandbox/main.ts';
}

/** What must answer first: the outside world, then whoever is called. */
export function dependenciesOf(deployable: Deployable): readonly DeployableName[] {
  const { kind } = deployable;
  if (kind === 'service') return ['sandbox', ...deployable.calls];
  if (kind === 'worker') {
    return [...new Set(['sandbox', deployable.service, ...deployable.calls] as const)];
  }
  return kind === 'edge' ? platform.routes.map(({ to }) => to) : [];
}

/** Everything a process reads; on one machine, so a web app listens on loopback. */
export function variablesOf(deployable: Deployable, wiring: Wiring): Record<string, string> {
  const { kind, name } = deployable;
  if (kind === 'service' || kind === 'worker') {
    return backendVariables(platform, deployable, wiring);
  }
  const variables = {
    ...processVariables(name, wiring),
    ...settingVariables(name, deployable.settings, wiring),
  };
  if (kind === 'web') {
    return { ...variables, PORT: String(wiring.port(name)), HOSTNAME: loopback };
  }
  if (kind === 'sandbox') return { ...variables, SANDBOX_PUBLIC_URL: wiring.url(name) };
  Object.assign(variables, traceVariables(name, wiring));
  for (const { to } of platform.routes) {
    variables[`EDGE_${environmentPrefix(to)}_URL`] = wiring.url(to);
  }
  return variables;
}

/**
 * Everything `maxai up` starts, with its environment. `portOffset` moves every port; `secret` gives the
 * value of a name in {@link developmentSecrets}. Throws `RangeError` when a port would be unusable.
 */
export function developmentPlan(options: {
  readonly portOffset: number;
  readonly publicUrl: string;
  readonly secret: (name: SecretName) => string;
  /** Where traces are sent, `http://127.0.0.1:4318`; without it nobody traces. */
  readonly tracesUrl?: string;
}): DevelopmentPlan {
  const { portOffset, publicUrl, secret, tracesUrl } = options;
  const ports = new Map(deployables.map(({ name, port }) => [name, port + portOffset]));
  const port = (name: DeployableName) => ports.get(name) ?? 0;
  const url = (name: DeployableName) => `http://${loopback}:${port(name)}`;
  const environment = developmentEnvironment({ portOffset, publicUrl, sandboxUrl: url('sandbox') });
  checkPortOffset(portOffset, environment);
  const wiring: Wiring = {
    environment,
    version: 'development',
    port,
    url,
    redisUrl: (instance) => `redis://${loopback}:${environment.redis[instance].port}`,
    databaseHost: `${loopback}:${environment.postgres.port}`,
    trustedProxies: trustedHops.local.length,
    ...(tracesUrl !== undefined && { tracesUrl }),
    ...plainSecrets(secret),
  };
  const schemas = statefulServices().map(({ name, database: { schema } }) => ({
    service: name,
    schema,
  }));
  return {
    postgres: {
      port: environment.postgres.port,
      database: environment.postgres.database,
      adminPasswordSecret: 'postgres-admin-password',
      schemas: schemas.map(({ service, schema }) => ({
        service,
        schema,
        ownerRole: databaseRole(schema, 'owner'),
        ownerPasswordSecret: databasePassword(schema, 'owner'),
        appRole: databaseRole(schema, 'app'),
        appPasswordSecret: databasePassword(schema, 'app'),
      })),
    },
    redis: (['cache', 'queue'] as const).map((name) => {
      const { memoryMb, maxmemoryPolicy, appendOnly, port: redisPort } = environment.redis[name];
      return { name, port: redisPort, maxmemoryPolicy, appendOnly, maxmemoryMb: memoryMb };
    }),
    secrets: developmentSecrets,
    migrations: schemas.map(({ service, schema }) => ({
      service,
      schema,
      directory: `services/${service}/db/migrations`,
      url: databaseUrl(wiring, schema, 'owner'),
    })),
    processes: deployables.map((deployable) => ({
      name: deployable.name,
      kind: deployable.kind,
      entry: entryOf(deployable),
      port: port(deployable.name),
      env: variablesOf(deployable, wiring),
      dependsOn: dependenciesOf(deployable),
      healthUrl: `${url(deployable.name)}${deployable.probes.readiness}`,
    })),
  };
}
