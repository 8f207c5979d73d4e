import { dataCidrOf } from '../data-networks.ts';
import {
  dataPort,
  localServers,
  type DataServer,
} from '../render/kubernetes/platform-components.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { namespaceName } from '../render/kubernetes/object-names.ts';
import { podsNamed, tcp, type Peer, type Port } from './network-edge.ts';

/** A pod of the development cluster; elsewhere private addresses of the cloud. */
export function dataServer(
  target: RenderTarget,
  server: DataServer,
): { readonly peer: Peer; readonly ports: readonly Port[] } {
  const { environment, cluster } = target;
  const { name, namespace } = localServers[server];
  return {
    peer:
      cluster.kind === 'kind'
        ? podsNamed(namespaceName(environment, namespace), name)
        : { kind: 'addresses', name: server, cidrs: [dataCidrOf(cluster, server)] },
    ports: tcp(dataPort(target, server)),
  };
}
