import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { peerName, type NetworkEdge, type Peer } from '../../network/network-edge.ts';
import type { RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from '../finding.ts';
import { isPeer, namespacesOf, renderedPods, surroundings } from './cluster-endpoints.ts';
import { indexEndpoints, indexRequirements, remembered } from './label-index.ts';
import {
  allowedPorts,
  openPorts,
  selected,
  type Endpoint,
  type Policy,
} from './policy-evaluator.ts';
import { possibleConnections } from './possible-connections.ts';
import { describePorts, subtractPorts, type PortRange } from './port-ranges.ts';
import { originFile, specOf } from '../rendered/rendered-fields.ts';

const renderer = 'topology/src/render/kubernetes/network-policies.ts';

type RenderedPolicy = Policy & { readonly file: string };

function policiesOf(objects: readonly RenderedObject[]): RenderedPolicy[] {
  return objects
    .filter(({ object }) => object.kind === 'NetworkPolicy')
    .map((one) => ({
      namespace: one.object.metadata.namespace ?? 'default',
      name: one.object.metadata.name,
      spec: specOf(one.object),
      file: originFile(one),
    }));
}

function nameOf({ namespace, name }: Endpoint): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

function rangesOf(edges: readonly NetworkEdge[]): PortRange[] {
  return edges.flatMap(({ ports }) =>
    ports.map(({ protocol, port }) => ({ protocol, from: port, to: port })),
  );
}

type Pair = {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly policies: readonly RenderedPolicy[];
  readonly open: readonly PortRange[];
};

function blocked({ from, to, policies, open }: Pair, edge: NetworkEdge): Finding[] {
  const missing = subtractPorts(rangesOf([edge]), open);
  if (missing.length === 0) return [];
  const sent = subtractPorts(missing, allowedPorts(policies, 'egress', from, to)).length === 0;
  const [side, at] = sent ? (['ingress', to] as const) : (['egress', from] as const);
  return [
    {
      check: 'declared-connections',
      file: edge.file,
      declaration: `${nameOf(from)} to ${nameOf(to)}, ${describePorts(missing)} (${edge.key})`,
      reason: `${edge.because}, but the ${side} rules of ${nameOf(at)} do not let it through`,
      fix: `Allow it in the NetworkPolicy of ${nameOf(at)}: ${renderer} renders every declared connection`,
    },
  ];
}

/** The policy that lets too much through: of the end that is ours, one that isolates it, else none exists. */
function culprit(policies: readonly RenderedPolicy[], ends: readonly Endpoint[]) {
  return ends
    .map((end) => policies.findLast((policy) => selected(policy, end)))
    .find((policy) => policy !== undefined);
}

function undeclared({ from, to, policies, open }: Pair, edges: readonly NetworkEdge[]): Finding[] {
  const extra = subtractPorts(open, rangesOf(edges));
  if (extra.length === 0) return [];
  const policy = culprit(policies, [to, from]);
  return [
    {
      check: 'declared-connections',
      file: policy?.file ?? renderer,
      declaration: `${nameOf(from)} to ${nameOf(to)}, ${describePorts(extra)}`,
      reason: 'The policies leave it open, and no declaration asks for it',
      fix:
        policy === undefined
          ? 'Render a NetworkPolicy that selects it'
          : `Declare it in the deploy.ts of ${from.name}, or drop the rule from NetworkPolicy ${policy.namespace}/${policy.name}`,
    },
  ];
}

function requirementOf(peer: Peer) {
  return peer.kind === 'pods' ? { namespace: peer.namespace, labels: peer.labels } : null;
}

/** A workload that the model knows by name and whose pods no edge of it selects. */
function mislabelled(
  pods: readonly Endpoint[],
  edges: readonly NetworkEdge[],
  isKnown: (pod: Endpoint) => boolean,
): Finding[] {
  const byName = new Map(
    edges
      .toReversed()
      .flatMap((edge) => [edge.to, edge.from].map((peer) => [peerName(peer), edge])),
  );
  return pods.flatMap((pod) => {
    const edge = byName.get(nameOf(pod));
    return edge === undefined || isKnown(pod)
      ? []
      : [
          {
            check: 'declared-connections',
            file: edge.file,
            declaration: nameOf(pod),
            reason: 'Its pods carry labels that no policy selects, so nothing it declares is open',
            fix: 'Label its pods with selectorLabels() of topology/src/render/kubernetes/object-names.ts',
          },
        ];
  });
}

/** Edges by the ends they name, and ends by the edges that name them. */
function indexEdges(edges: readonly NetworkEdge[], ends: readonly Endpoint[]) {
  const mayStart = indexRequirements(edges, ({ from }) => requirementOf(from));
  const mayEnd = indexRequirements(edges, ({ to }) => requirementOf(to));
  const mayMeet = indexEndpoints(ends);
  return {
    from: (end: Endpoint) => mayStart(end).filter((edge) => isPeer(edge.from, end)),
    isKnown: (end: Endpoint) =>
      mayStart(end).some((edge) => isPeer(edge.from, end)) ||
      mayEnd(end).some((edge) => isPeer(edge.to, end)),
    receivers: remembered(
      ({ to }: NetworkEdge) => JSON.stringify(to),
      ({ to }) =>
        new Set(mayMeet(requirementOf(to) ?? { labels: {} }).filter((end) => isPeer(to, end))),
    ),
  };
}

/**
 * The reachability that the policies of a cluster add up to is the one that the model declares:
 * nothing declared is blocked and nothing undeclared is open, pod by pod and port by port.
 */
export const declaredConnections: RenderedCheck = (target, objects) => {
  const pods = renderedPods(target, objects);
  const edges = declaredNetworkEdges(target);
  const policies = policiesOf(objects);
  const others = pods.length === 0 ? [] : surroundings(target, edges, namespacesOf(objects));
  const ends = [...pods, ...others];
  const maySelect = indexRequirements(policies, ({ namespace, spec }) => ({
    namespace,
    labels: spec.podSelector?.matchLabels ?? {},
  }));
  const policiesOn = new Map(
    ends.map((end) => [end, maySelect(end).filter((policy) => selected(policy, end))]),
  );
  const of = (end: Endpoint) => policiesOn.get(end) ?? [];
  const rendered = new Set(pods);
  const isOurs = (end: Endpoint) =>
    end.namespace?.startsWith(`${target.environment.shortName}-`) === true ||
    // What we close or run in a namespace that others share.
    of(end).length > 0 ||
    rendered.has(end);
  const declared = indexEdges(edges, ends);
  const possible = possibleConnections(ends.map((end) => ({ end, policies: of(end) })));
  const connections = ends.flatMap((from) => {
    const outgoing = declared.from(from).map((edge) => ({ edge, to: declared.receivers(edge) }));
    const reached = new Set([
      ...(possible.get(from) ?? []),
      ...outgoing.flatMap(({ to }) => [...to]),
    ]);
    return [...reached]
      .filter((to) => isOurs(from) || isOurs(to))
      .flatMap((to) => {
        const between = outgoing.filter((one) => one.to.has(to)).map(({ edge }) => edge);
        const relevant = [...of(from), ...of(to)];
        const pair = { from, to, policies: relevant, open: openPorts(relevant, from, to) };
        return [...between.flatMap((edge) => blocked(pair, edge)), ...undeclared(pair, between)];
      });
  });
  return [...mislabelled(pods, edges, declared.isKnown), ...connections];
};
