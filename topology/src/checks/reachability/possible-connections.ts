import { indexEndpoints, remembered } from './label-index.ts';
import {
  isolates,
  matchesPeer,
  type Direction,
  type Endpoint,
  type Policy,
  type PolicyPeer,
} from './policy-evaluator.ts';

/** An endpoint with the policies that select it. */
export type Governed = { readonly end: Endpoint; readonly policies: readonly Policy[] };

const namespaceLabel = 'kubernetes.io/metadata.name';

type Asked = { readonly peer: PolicyPeer; readonly namespace: string };

/** Those a peer names, by the index where it names a namespace, else by asking everybody. */
function findPeers(ends: readonly Endpoint[]) {
  const mayMeet = indexEndpoints(ends);
  return remembered(
    (asked: Asked) => JSON.stringify(asked),
    ({ peer, namespace: policyNamespace }) => {
      const { ipBlock, namespaceSelector, podSelector } = peer;
      const namespace =
        namespaceSelector === undefined
          ? policyNamespace
          : namespaceSelector.matchLabels?.[namespaceLabel];
      const candidates =
        ipBlock === undefined && namespace !== undefined
          ? mayMeet({ namespace, labels: podSelector?.matchLabels ?? {} })
          : ends;
      return candidates.filter((end) => matchesPeer(peer, policyNamespace, end));
    },
  );
}

/**
 * For each endpoint those it may open a connection to, as far as peers decide: a superset, in no order, of where a port
 * is open. Work grows with the connections there are, not with the pairs there could be.
 */
export function possibleConnections(
  governed: readonly Governed[],
): ReadonlyMap<Endpoint, ReadonlySet<Endpoint>> {
  const ends = governed.map(({ end }) => end);
  const find = findPeers(ends);
  /** Null where no policy isolates it: nothing is refused. */
  const named = ({ end, policies }: Governed, direction: Direction): Set<Endpoint> | null => {
    const isolating = policies.filter((policy) => isolates(policy, direction));
    if (end.namespace === null || isolating.length === 0) return null;
    return new Set(
      isolating.flatMap(({ namespace, spec }) =>
        (spec[direction] ?? []).flatMap((rule) => {
          const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
          return peers.length === 0 ? ends : peers.flatMap((peer) => find({ peer, namespace }));
        }),
      ),
    );
  };
  const rules = governed.map((one) => ({
    end: one.end,
    sends: named(one, 'egress'),
    receives: named(one, 'ingress'),
  }));
  const receives = new Map(rules.map((one) => [one.end, one.receives]));
  const unisolated = ends.filter((end) => receives.get(end) === null);
  const found = new Map(
    rules.map(({ end: from, sends }) => [
      from,
      new Set([...(sends ?? unisolated)].filter((to) => receives.get(to)?.has(from) ?? true)),
    ]),
  );
  const free = new Set(rules.filter(({ sends }) => sends === null).map(({ end }) => end));
  for (const { end: to, receives: senders } of rules) {
    for (const from of senders ?? []) {
      if (free.has(from)) found.get(from)?.add(to);
    }
  }
  return found;
}
