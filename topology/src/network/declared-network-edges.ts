import { declarationOf, namespaceName } from '../render/kubernetes/object-names.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { backendEdges } from './backend-edges.ts';
import { clusterDns, internet, meshControl } from './cluster-systems.ts';
import { databaseEdges } from './database-edges.ts';
import { egressProxy, proxiedCallers } from './egress-proxy.ts';
import { entryEdges } from './entry-edges.ts';
import { peerName, podsNamed, tcp, type NetworkEdge, type Peer } from './network-edge.ts';
import { monitoringEdges } from './monitoring-edges.ts';
import { podsOf } from './pods-in-cluster.ts';

const systemsFile = 'topology/src/network/cluster-systems.ts';

/** Callers to the proxy, each at its own port, and the proxy to the internet. */
function proxyEdges(target: RenderTarget): NetworkEdge[] {
  const { platform, environment, cluster } = target;
  const proxy = podsNamed(namespaceName(environment, egressProxy.namespace), egressProxy.name);
  const callers = proxiedCallers(platform, environment, cluster);
  const out: NetworkEdge = {
    from: proxy,
    to: internet,
    ports: tcp(443),
    file: 'topology/src/network/egress-proxy.ts',
    key: 'egressProxy',
    because: 'it is the only pod that leaves the cluster, and only to the hosts on its list',
  };
  return [
    ...callers.map(({ backend, port, hosts }) => ({
      from: podsOf(target, backend),
      to: proxy,
      ports: tcp(port),
      file: declarationOf(platform, backend.name),
      key: [...new Set(hosts.map((reach) => reach.key))].join(', '),
      because: `it reaches ${hosts.map(({ host }) => host).join(', ')}`,
    })),
    ...(callers.length > 0 ? [out] : []),
  ];
}

/** Names are resolved by whoever opens a connection; where a mesh is on, everybody fetches certificates. */
function supportEdges(target: RenderTarget, edges: readonly NetworkEdge[]): NetworkEdge[] {
  const { shortName, serviceMesh } = target.environment;
  const ours = (peers: readonly Peer[]) => {
    const pods = peers.flatMap((peer) => (peer.kind === 'pods' ? [peer] : []));
    const inside = pods.filter(({ namespace }) => namespace.startsWith(`${shortName}-`));
    return [...new Map(inside.map((peer) => [peerName(peer), peer])).values()];
  };
  const openers = ours(edges.map(({ from }) => from));
  const meshed = serviceMesh === 'none' ? [] : ours(edges.flatMap(({ from, to }) => [from, to]));
  return [
    ...openers.map((from) => ({
      from,
      to: clusterDns,
      ports: [{ protocol: 'UDP', port: 53 } as const, ...tcp(53)],
      file: systemsFile,
      key: 'clusterDns',
      because: 'it resolves the names it connects to',
    })),
    ...meshed.map((from) => ({
      from,
      to: meshControl.pods,
      ports: tcp(meshControl.port),
      file: systemsFile,
      key: 'meshControl',
      because: 'its proxy fetches certificates there',
    })),
  ];
}

/** Every connection that may be opened from or to a pod of ours; all others are undeclared. */
export function declaredNetworkEdges(target: RenderTarget): NetworkEdge[] {
  const { services, workers } = target.platform;
  const edges = [
    ...[...services, ...workers].flatMap((backend) => backendEdges(target, backend)),
    ...databaseEdges(target),
    ...entryEdges(target),
    ...proxyEdges(target),
    ...monitoringEdges(),
  ];
  return [...edges, ...supportEdges(target, edges)];
}
