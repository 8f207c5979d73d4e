import { deployables, variablesOf } from '../../development-plan.ts';
import { developmentEnvironment } from '../../environments/development.ts';
import { trustedHops } from '../../environments/trusted-hops.ts';
import {
  environmentPrefix,
  type Deployable,
  type DeployableName,
  type Environment,
} from '../../model/index.ts';
import { platform } from '../../platform.ts';
import type { SecretWiring, Wiring } from '../../process-environment.ts';

/** A browser finds names under `localhost` on its own machine, a container under this alias on the network. */
export const publicHost = 'maxai.localhost';
export const sandboxHost = 'sandbox.localhost';

export const postgresAddress = 'postgres:5432';
export const pgbouncerAddress = 'pgbouncer:6432';
const redisPort = 6379;

/** Development, as containers find each other in it. */
export const composeEnvironment: Environment = developmentEnvironment({
  portOffset: 0,
  publicUrl: `http://${publicHost}:${platform.edge.port}`,
  sandboxUrl: `http://${sandboxHost}:${platform.sandbox.port}`,
});

/** How the processes find each other and their data; `databaseHost` is PostgreSQL's or the pool's address. */
export function composeWiring(secrets: SecretWiring, databaseHost: string): Wiring {
  const ports = new Map(deployables.map(({ name, port }) => [name, port]));
  const port = (name: DeployableName) => ports.get(name) ?? 0;
  const host = (name: DeployableName) => (name === 'sandbox' ? sandboxHost : name);
  return {
    environment: composeEnvironment,
    version: 'compose',
    port,
    url: (name) => `http://${host(name)}:${port(name)}`,
    redisUrl: (instance) => `redis://redis-${instance}:${redisPort}`,
    databaseHost,
    trustedProxies: trustedHops.local.length,
    ...secrets,
  };
}

/** Everything a process reads. */
export function composeVariables(deployable: Deployable, wiring: Wiring): Record<string, string> {
  const { name, kind, port, probes } = deployable;
  return {
    ...variablesOf(deployable, wiring),
    [kind === 'web' ? 'HOSTNAME' : `${environmentPrefix(name)}_HOST`]: '0.0.0.0',
    MAXAI_HEALTH_URL: `http://127.0.0.1:${port}${probes.readiness}`,
  };
}

const marker = '\u0000';

/** Marks every secret, to tell which variables hold one. */
export const markedSecrets: SecretWiring = {
  secret: () => marker,
  secretInUrl: () => marker,
  publicJwk: () => marker,
};

export function holdsSecret(value: string): boolean {
  return value.includes(marker);
}
