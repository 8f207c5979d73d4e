import { environmentPrefix, type Deployable, type DeployableName } from '../../model/index.ts';
import {
  backendVariables,
  processVariables,
  settingVariables,
  type Wiring,
} from '../../process-environment.ts';
import { egressProxyVariables } from '../../network/egress-proxy.ts';
import { releases } from '../../releases.ts';
import { collectorUrl } from '../../network/cluster-systems.ts';
import { clusterHost, dataHost, dataPort, pgbouncer } from './platform-components.ts';
import { sandboxNamespace } from './render-targets.ts';
import type { RenderTarget } from './rendered-object.ts';
import { splitVariables, templateSecrets, type SplitVariables } from './secret-templates.ts';

/** `host:port` of PostgreSQL itself: for migrations, and for everybody where no pool stands between. */
export function postgresAddress(target: RenderTarget): string {
  return `${dataHost(target.environment, 'postgres')}:${dataPort(target, 'postgres')}`;
}

/** `host:port` of the Redis that holds the cache or the queues. */
export function redisAddress(target: RenderTarget, instance: 'cache' | 'queue'): string {
  const server = `redis-${instance}` as const;
  return `${dataHost(target.environment, server)}:${dataPort(target, server)}`;
}

/** How processes of a cluster find each other; secrets stay references. */
export function clusterWiring(target: RenderTarget): Wiring {
  const { platform, environment } = target;
  const { services, workers, webApps, edge, sandbox } = platform;
  const deployables: readonly Deployable[] = [...services, ...workers, ...webApps, edge, sandbox];
  const find = (name: DeployableName): Deployable => {
    const found = deployables.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`the platform has no ${name}: wire it in platform.ts`);
    return found;
  };
  return {
    environment,
    version: releases[environment.name].version,
    port: (name) => find(name).port,
    url: (name) => {
      const found = find(name);
      const namespace = 'namespace' in found ? found.namespace : sandboxNamespace;
      return `http://${clusterHost(environment, { name, namespace })}:${found.port}`;
    },
    redisUrl: (instance) => {
      const password = templateSecrets.secretInUrl(`redis-${instance}-password`);
      const at = `:${password}@${redisAddress(target, instance)}`;
      return target.cluster.kind === 'kind' ? `redis://${at}` : `rediss://${at}?sslmode=require`;
    },
    databaseHost: `${clusterHost(environment, pgbouncer)}:${pgbouncer.port}`,
    trustedProxies: target.cluster.trustedHops.length,
    tracesUrl: collectorUrl,
    ...templateSecrets,
  };
}

/** Everything a process reads, apart where it may stand in a manifest and where it refers to a secret. */
export function containerVariables(target: RenderTarget, deployable: Deployable): SplitVariables {
  const wiring = clusterWiring(target);
  const { name, kind } = deployable;
  const listening = { [`${environmentPrefix(name)}_HOST`]: '0.0.0.0' };
  if (kind === 'service' || kind === 'worker') {
    return splitVariables({
      ...backendVariables(target.platform, deployable, wiring),
      ...egressProxyVariables(target.environment, target.cluster, deployable),
      ...listening,
    });
  }
  const variables = {
    ...processVariables(name, wiring),
    ...settingVariables(name, deployable.settings, wiring),
    ...listening,
  };
  if (kind === 'web') variables['HOSTNAME'] = '0.0.0.0';
  if (kind === 'web') variables['PORT'] = String(deployable.port);
  if (kind === 'sandbox') variables['SANDBOX_PUBLIC_URL'] = wiring.url(name);
  return splitVariables(variables);
}
