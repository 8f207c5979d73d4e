import {
  clusterDns,
  collector,
  meshControl,
  prometheus,
  queueScaler,
  sampler,
  traceStore,
} from '../../network/cluster-systems.ts';
import { podsNamed, type NetworkEdge, type Peer, type Pods } from '../../network/network-edge.ts';
import { cidrsOverlap, subnetOf } from '../../cidr.ts';
import type { RenderedObject, RenderTarget } from '../../render/kubernetes/rendered-object.ts';
import { podTemplateOf } from '../rendered/rendered-fields.ts';
import type { Endpoint } from './policy-evaluator.ts';

function firstAddress(cidr: string): string {
  return subnetOf(cidr, 32, 9).replace('/32', '');
}

/** Every kind of pod that is rendered, once, with the labels it really has. */
export function renderedPods(
  { cluster }: RenderTarget,
  objects: readonly RenderedObject[],
): Endpoint[] {
  return objects.flatMap(({ object }, index) => {
    const template = podTemplateOf(object);
    const namespace = object.metadata.namespace;
    if (template === undefined || namespace === undefined) return [];
    const ports = template.spec.containers.flatMap((container) => container.ports ?? []);
    return [
      {
        name: object.metadata.name,
        namespace,
        labels: template.metadata?.labels ?? {},
        address: subnetOf(cluster.network.podCidr, 32, index + 10).replace('/32', ''),
        namedPorts: Object.fromEntries(
          ports.map(({ name = '', containerPort }) => [name, containerPort]),
        ),
      },
    ];
  });
}

/** The namespaces that are rendered or stood in. */
export function namespacesOf(objects: readonly RenderedObject[]): ReadonlySet<string> {
  const names = objects.map(({ object: { kind, metadata } }) =>
    kind === 'Namespace' ? metadata.name : metadata.namespace,
  );
  return new Set(names.filter((name) => name !== undefined));
}

/** Who else could connect: controllers, strangers inside and outside, and the cloud's own addresses. */
export function surroundings(
  { cluster }: RenderTarget,
  edges: readonly NetworkEdge[],
  namespaces: ReadonlySet<string>,
): Endpoint[] {
  const system: Pods[] = [
    clusterDns,
    prometheus,
    collector.pods,
    sampler.pods,
    traceStore.pods,
    queueScaler,
    meshControl.pods,
    podsNamed('default', 'stranger'),
    podsNamed('monitoring', 'stranger'),
    ...[...namespaces].map((name) => podsNamed(name, 'stranger')),
  ];
  const outside = (name: string, address: string): Endpoint => ({
    name,
    namespace: null,
    labels: {},
    address,
  });
  const declared = edges
    .flatMap(({ from, to }) => [from, to])
    .flatMap((peer) => (peer.kind === 'addresses' ? [peer] : []))
    .filter(({ except }) => except === undefined)
    .flatMap(({ name, cidrs }) => cidrs.map((cidr) => outside(name, firstAddress(cidr))));
  return [
    ...system.map(({ name, namespace, labels }, index) => ({
      name,
      namespace,
      labels,
      address: subnetOf(cluster.network.podCidr, 32, index + 2000).replace('/32', ''),
    })),
    ...new Map(declared.map((end) => [end.address, end])).values(),
    outside('a node', firstAddress(subnetOf(cluster.network.cidr, 24, 48))),
    outside('the metadata server', '169.254.169.254'),
    outside('an address on the internet', '93.184.215.14'),
  ];
}

/** Whether an endpoint is one of those that an edge names. */
export function isPeer(peer: Peer, end: Endpoint): boolean {
  if (peer.kind === 'pods') {
    return (
      peer.namespace === end.namespace &&
      Object.entries(peer.labels).every(([key, value]) => end.labels[key] === value)
    );
  }
  const inside = (cidr: string) => cidrsOverlap(cidr, `${end.address}/32`);
  return peer.cidrs.some(inside) && !(peer.except ?? []).some(inside);
}
