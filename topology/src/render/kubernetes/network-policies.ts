import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { collector, sampler } from '../../network/cluster-systems.ts';
import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { peerName, type NetworkEdge, type Pods } from '../../network/network-edge.ts';
import type { NamespaceName } from '../../model/index.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { policyPeers } from './policy-peers.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

function originsOf(edges: readonly NetworkEdge[], direction: 'ingress' | 'egress') {
  return edges.map(({ file, key, because }, index) => ({
    field: `spec.${direction}[${index}]`,
    file,
    key,
    because,
  }));
}

/** All that one kind of pod may be reached from and reach. */
function podPolicy(
  target: RenderTarget,
  pods: Pods,
  incoming: readonly NetworkEdge[],
  outgoing: readonly NetworkEdge[],
): RenderedObject {
  const policy = new NetworkPolicy({
    metadata: {
      name: pods.name,
      namespace: pods.namespace,
      labels: objectLabels(target.environment, chargeOf(target.platform, pods.name)),
    },
    spec: {
      podSelector: { matchLabels: pods.labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: incoming.map(({ from, ports }) => ({ from: policyPeers(from), ports: [...ports] })),
      egress: outgoing.map(({ to, ports }) => ({ to: policyPeers(to), ports: [...ports] })),
    },
  });
  return rendered(policy, {
    file: `${pods.namespace}/${pods.name}`,
    origins: [...originsOf(incoming, 'ingress'), ...originsOf(outgoing, 'egress')],
  });
}

function denyAll(target: RenderTarget, namespace: NamespaceName): RenderedObject {
  const inNamespace = namespaceName(target.environment, namespace);
  const policy = new NetworkPolicy({
    metadata: {
      name: 'default-deny',
      namespace: inNamespace,
      labels: objectLabels(target.environment, chargeOf(target.platform, 'default-deny')),
    },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  return rendered(policy, {
    file: `${inNamespace}/namespace`,
    origins: [
      {
        field: 'spec',
        file: 'topology/src/platform.ts',
        key: `namespaces.${namespace}`,
        because: 'what no declaration asks for stays closed, in both directions',
      },
    ],
  });
}

/** Default deny in every namespace, and for each kind of pod exactly the connections that are declared. */
export function renderNetworkPolicies(target: RenderTarget): RenderedObject[] {
  const { platform, environment } = target;
  // The keys of the record of namespaces are the names of namespaces.
  const namespaces = Object.keys(platform.namespaces) as NamespaceName[];
  const names = new Set(namespaces.map((name) => namespaceName(environment, name)));
  const edges = declaredNetworkEdges(target);
  const incoming = Map.groupBy(edges, ({ to }) => peerName(to));
  const outgoing = Map.groupBy(edges, ({ from }) => peerName(from));
  const ours = new Map<string, Pods>();
  for (const peer of edges.flatMap(({ from, to }) => [from, to])) {
    if (peer.kind === 'pods' && names.has(peer.namespace)) ours.set(peerName(peer), peer);
  }
  // Their namespace is not ours to close: others run there.
  for (const { pods } of [collector, sampler]) ours.set(peerName(pods), pods);
  return [
    ...namespaces.map((namespace) => denyAll(target, namespace)),
    ...[...ours].map(([name, pods]) =>
      podPolicy(target, pods, incoming.get(name) ?? [], outgoing.get(name) ?? []),
    ),
  ];
}
