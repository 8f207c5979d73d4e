import { declarationOf } from '../render/kubernetes/object-names.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { queueScaler } from './cluster-systems.ts';
import { dataServer } from './data-servers.ts';
import { tcp, type NetworkEdge } from './network-edge.ts';
import { deployablesIn, podsOf } from './pods-in-cluster.ts';

/** From the load balancer to what is public, and in development to and from what is local. */
export function entryEdges(target: RenderTarget): NetworkEdge[] {
  const { platform, cluster } = target;
  const inside = deployablesIn(target);
  const balancer = {
    kind: 'addresses',
    name: 'load balancer',
    cidrs: cluster.network.loadBalancerCidrs,
  } as const;
  const entries: NetworkEdge[] = platform.routes.flatMap(({ path, to }) =>
    inside
      .filter(({ name }) => name === to)
      .map((deployable) => ({
        from: balancer,
        to: podsOf(target, deployable),
        ports: tcp(deployable.port),
        file: 'topology/src/platform.ts',
        key: 'routes',
        because: `the load balancer routes ${path} to it and checks its health`,
      })),
  );
  if (cluster.kind !== 'kind') return entries;
  const ingress = platform.services.filter(({ name }) => name === 'webhook-ingress');
  return [
    ...entries,
    ...ingress.map((service) => ({
      from: podsOf(target, platform.sandbox),
      to: podsOf(target, service),
      ports: tcp(service.port),
      file: declarationOf(platform, 'sandbox'),
      key: 'name',
      because: 'the outside world delivers webhooks',
    })),
    {
      from: queueScaler,
      to: dataServer(target, 'redis-queue').peer,
      ports: dataServer(target, 'redis-queue').ports,
      file: 'topology/src/network/cluster-systems.ts',
      key: 'queueScaler',
      because: 'workers are scaled by the depth of their queues',
    },
  ];
}
