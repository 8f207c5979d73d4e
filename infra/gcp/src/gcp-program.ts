import type { Platform } from '@maxai/topology/model';
import { createCluster } from './cluster.ts';
import { createFirewall } from './firewall.ts';
import { gcpStack } from './gcp-stack.ts';
import { createNetwork } from './network.ts';
import { createPostgres } from './postgres.ts';
import { createPrivateZone } from './private-zone.ts';
import { createRedis } from './redis.ts';
import { createIdentities, createSecrets } from './secrets.ts';
import type { GcpSettings } from './settings.ts';

/** Everything one environment has on Google Cloud; what it returns are the stack's outputs. */
export function gcpProgram(platform: Platform, stackName: string, settings: GcpSettings) {
  const stack = gcpStack(platform, stackName, settings);
  const { network, egressAddress } = createNetwork(stack);
  createFirewall(stack, network);
  const vault = createSecrets(stack);
  createIdentities(stack, vault);
  const cluster = createCluster(stack, network);
  const zone = createPrivateZone(stack, network);
  const postgres = createPostgres(stack, network, zone, vault);
  const [cache, queue] = (['cache', 'queue'] as const).map((instance) =>
    createRedis(stack, network, zone, vault, instance),
  );
  return {
    cluster: cluster.name,
    egressAddress,
    postgres: postgres.connectionName,
    redisCertificates: { cache: cache?.serverCaCerts, queue: queue?.serverCaCerts },
  };
}
