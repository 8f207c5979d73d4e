import { DestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import { AuthorizationPolicy } from '@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy';
import { PeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication';
import type { NamespaceName } from '../../model/index.ts';
import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { peerName, type NetworkEdge, type Pods } from '../../network/network-edge.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

const meshName = 'mesh';

function placeOf({ platform, environment }: RenderTarget, namespace: string, name: string) {
  return {
    metadata: { name, namespace, labels: objectLabels(environment, chargeOf(platform, name)) },
    environmentFile: `topology/src/environments/${environment.name}.ts`,
  };
}

/** In a namespace: mTLS both ways, and nothing allowed that no rule allows. */
function strictNamespace(target: RenderTarget, namespace: string): RenderedObject[] {
  const { metadata, environmentFile } = placeOf(target, namespace, meshName);
  const at = {
    file: `${namespace}/mesh`,
    origins: [{ field: '', file: environmentFile, key: 'serviceMesh' }],
  };
  return [
    rendered(new PeerAuthentication({ metadata, spec: { mtls: { mode: 'STRICT' } } }), at),
    rendered(
      new DestinationRule({
        metadata,
        spec: {
          host: `*.${namespace}.svc.cluster.local`,
          trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
        },
      }),
      at,
    ),
    rendered(new AuthorizationPolicy({ metadata, spec: {} }), at),
  ];
}

/** The identity of a pod's service account; every workload of ours has one of its own name. */
function sourceOf({ from }: NetworkEdge) {
  return from.kind === 'pods'
    ? { principals: [`cluster.local/ns/${from.namespace}/sa/${from.name}`] }
    : { ipBlocks: [...from.cidrs] };
}

/** The callers the declarations name, known by certificate; the load balancer, which has none, by its addresses. */
function callersOf(
  target: RenderTarget,
  pods: Pods,
  incoming: readonly NetworkEdge[],
): RenderedObject[] {
  const { metadata } = placeOf(target, pods.namespace, pods.name);
  const at = {
    file: `${pods.namespace}/${pods.name}`,
    origins: incoming.map(({ file, key, because }, index) => ({
      field: `spec.rules[${index}]`,
      file,
      key,
      because,
    })),
  };
  const selector = { matchLabels: { ...pods.labels } };
  const policy = new AuthorizationPolicy({
    metadata,
    spec: {
      selector,
      action: 'ALLOW',
      rules: incoming.map((edge) => ({
        from: [{ source: sourceOf(edge) }],
        to: [{ operation: { ports: edge.ports.map(({ port }) => String(port)) } }],
      })),
    },
  });
  const plain = incoming.filter(({ from }) => from.kind === 'addresses');
  if (plain.length === 0) return [rendered(policy, at)];
  const ports = plain.flatMap((edge) => edge.ports.map(({ port }) => String(port)));
  const permissive = new PeerAuthentication({
    metadata,
    spec: {
      selector,
      mtls: { mode: 'STRICT' },
      portLevelMtls: Object.fromEntries(
        ports.map((port) => [port, { mode: 'PERMISSIVE' as const }]),
      ),
    },
  });
  return [rendered(policy, at), rendered(permissive, at)];
}

/** mTLS between everything of ours and the declared callers only, where the environment's one switch says so. */
export function renderMesh(target: RenderTarget): RenderedObject[] {
  const { platform, environment } = target;
  if (environment.serviceMesh === 'none') return [];
  // The keys of the record of namespaces are the names of namespaces.
  const keys = Object.keys(platform.namespaces) as NamespaceName[];
  const namespaces = keys.map((key) => namespaceName(environment, key));
  const edges = declaredNetworkEdges(target);
  const called = new Map<string, Pods>();
  for (const { to } of edges) {
    if (to.kind === 'pods' && namespaces.includes(to.namespace)) called.set(peerName(to), to);
  }
  return [
    ...namespaces.flatMap((namespace) => strictNamespace(target, namespace)),
    ...[...called].flatMap(([name, pods]) =>
      callersOf(
        target,
        pods,
        edges.filter(({ to }) => peerName(to) === name),
      ),
    ),
  ];
}
