import { dataCidrOf } from '../data-networks.ts';
import {
  localPostgres,
  localRedis,
  type DataServer,
} from '../render/kubernetes/platform-components.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { namespaceName } from '../render/kubernetes/object-names.ts';
import { podsNamed, tcp, type Peer, type Port } from './network-edge.ts';

const local = {
  postgres: localPostgres,
  'redis-cache': localRedis.cache,
  'redis-queue': localRedis.queue,
} as const;

/** A pod of the development cluster; elsewhere private addresses of the cloud. */
export function dataServer(
  { environment, cluster }: RenderTarget,
  server: DataServer,
): { readonly peer: Peer; readonly ports: readonly Port[] } {
  if (cluster.kind === 'kind') {
    const { name, namespace, port } = local[server];
    return { peer: podsNamed(namespaceName(environment, namespace), name), ports: tcp(port) };
  }
  const { postgres, redis } = environment;
  const ports = {
    postgres: postgres.port,
    'redis-cache': redis.cache.port,
    'redis-queue': redis.queue.port,
  };
  return {
    peer: { kind: 'addresses', name: server, cidrs: [dataCidrOf(cluster, server)] },
    ports: tcp(ports[server]),
  };
}
