import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { peerName, type NetworkEdge } from '../../network/network-edge.ts';
import type { RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from '../finding.ts';
import { isPeer, namespacesOf, renderedPods, surroundings } from './cluster-endpoints.ts';
import {
  allowedPorts,
  matchesSelector,
  openPorts,
  type Endpoint,
  type Policy,
} from './policy-evaluator.ts';
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

function blocked(
  policies: readonly Policy[],
  from: Endpoint,
  to: Endpoint,
  edge: NetworkEdge,
): Finding[] {
  const missing = subtractPorts(rangesOf([edge]), openPorts(policies, from, to));
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

function isSelected({ namespace, spec }: RenderedPolicy, end: Endpoint): boolean {
  return namespace === end.namespace && matchesSelector(spec.podSelector ?? {}, end.labels);
}

/** The policy that lets too much through: of the end that is ours, one that isolates it, else none exists. */
function culprit(policies: readonly RenderedPolicy[], ends: readonly Endpoint[]) {
  return ends
    .map((end) => policies.findLast((policy) => isSelected(policy, end)))
    .find((policy) => policy !== undefined);
}

function undeclared(
  policies: readonly RenderedPolicy[],
  from: Endpoint,
  to: Endpoint,
  edges: readonly NetworkEdge[],
): Finding[] {
  const extra = subtractPorts(openPorts(policies, from, to), rangesOf(edges));
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

/** A workload that the model knows by name and whose pods no edge of it selects. */
function mislabelled(pods: readonly Endpoint[], edges: readonly NetworkEdge[]): Finding[] {
  return pods.flatMap((pod) => {
    const edge = edges.find(({ from, to }) => [from, to].map(peerName).includes(nameOf(pod)));
    const known = edges.some(({ from, to }) => isPeer(from, pod) || isPeer(to, pod));
    return edge === undefined || known
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

/**
 * The reachability that the policies of a cluster add up to is the one that the model declares:
 * nothing declared is blocked and nothing undeclared is open, pod by pod and port by port.
 */
export const declaredConnections: RenderedCheck = (target, objects) => {
  const pods = renderedPods(target, objects);
  const edges = declaredNetworkEdges(target);
  const policies = policiesOf(objects);
  const others = pods.length === 0 ? [] : surroundings(target, edges, namespacesOf(objects));
  const isOurs = (end: Endpoint) =>
    end.namespace?.startsWith(`${target.environment.shortName}-`) === true ||
    // What we close or run in a namespace that others share.
    policies.some((policy) => isSelected(policy, end)) ||
    pods.includes(end);
  const ends = [...pods, ...others].map((end) => ({
    end,
    // Of the pairs' quadratic number each then looks at its own few policies and edges only.
    policies: policies.filter((policy) => isSelected(policy, end)),
    outgoing: edges.filter((edge) => isPeer(edge.from, end)),
  }));
  const connections = ends.flatMap(({ end: from, policies: ofFrom, outgoing }) =>
    ends
      .filter(({ end: to }) => isOurs(from) || isOurs(to))
      .flatMap(({ end: to, policies: ofTo }) => {
        const between = outgoing.filter((edge) => isPeer(edge.to, to));
        const relevant = [...ofFrom, ...ofTo];
        return [
          ...between.flatMap((edge) => blocked(relevant, from, to, edge)),
          ...undeclared(relevant, from, to, between),
        ];
      }),
  );
  return [...mislabelled(pods, edges), ...connections];
};
