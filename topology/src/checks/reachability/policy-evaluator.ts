import { cidrsOverlap } from '../../cidr.ts';
import { everyPort, intersectPorts, type PortRange, type Protocol } from './port-ranges.ts';

type Labels = Readonly<Record<string, string>>;

export type LabelSelector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
};

export type PolicyPeer = {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
};

type PolicyPort = {
  readonly protocol?: Protocol;
  readonly port?: number | string;
  readonly endPort?: number;
};

export type PolicyRule = {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
};

/** A `networking.k8s.io/v1` NetworkPolicy, as far as it decides. */
export type Policy = {
  readonly namespace: string;
  readonly name: string;
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
};

/** A pod, or with `namespace: null` an address outside the cluster. */
export type Endpoint = {
  readonly name: string;
  readonly namespace: string | null;
  readonly labels: Labels;
  readonly address: string;
  /** Its container ports by name, which a policy may use instead of numbers. */
  readonly namedPorts?: Readonly<Record<string, number>>;
};

export type Direction = 'ingress' | 'egress';

export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels ?? {});
  return (
    equal.every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const actual = labels[key];
      if (operator === 'Exists') return actual !== undefined;
      if (operator === 'DoesNotExist') return actual === undefined;
      const listed = actual !== undefined && values.includes(actual);
      return operator === 'In' ? listed : !listed;
    })
  );
}

/** The API server labels every namespace with its name; nothing else of it is selected by. */
function namespaceLabels(namespace: string): Labels {
  return { 'kubernetes.io/metadata.name': namespace };
}

/** Whether a rule of a policy in that namespace names the endpoint. */
export function matchesPeer(peer: PolicyPeer, policyNamespace: string, end: Endpoint): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    const inside = (range: string) => cidrsOverlap(range, `${end.address}/32`);
    return inside(cidr) && !except.some(inside);
  }
  if (end.namespace === null) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? end.namespace === policyNamespace
      : matchesSelector(peer.namespaceSelector, namespaceLabels(end.namespace));
  return inNamespace && matchesSelector(peer.podSelector ?? {}, end.labels);
}

function portRange({ protocol = 'TCP', port, endPort }: PolicyPort, to: Endpoint): PortRange[] {
  const from = typeof port === 'string' ? to.namedPorts?.[port] : (port ?? 1);
  if (from === undefined) return [];
  return [{ protocol, from, to: port === undefined ? 65_535 : (endPort ?? from) }];
}

/** Whether what the policy selects may do only what policies allow it. */
export function isolates({ spec }: Policy, direction: Direction): boolean {
  const types = spec.policyTypes ?? ['Ingress', ...(spec.egress === undefined ? [] : ['Egress'])];
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

export function selected({ namespace, spec }: Policy, end: Endpoint): boolean {
  return namespace === end.namespace && matchesSelector(spec.podSelector ?? {}, end.labels);
}

/** What `of` may receive from (`ingress`) or send to (`egress`) the other; all of it where no policy isolates it. */
export function allowedPorts(
  policies: readonly Policy[],
  direction: Direction,
  of: Endpoint,
  other: Endpoint,
): readonly PortRange[] {
  const isolating = policies.filter(
    (policy) => selected(policy, of) && isolates(policy, direction),
  );
  if (of.namespace === null || isolating.length === 0) return everyPort;
  const destination = direction === 'ingress' ? of : other;
  return isolating.flatMap(({ namespace, spec }) =>
    (spec[direction] ?? [])
      .filter((rule) => {
        const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
        return peers.length === 0 || peers.some((peer) => matchesPeer(peer, namespace, other));
      })
      .flatMap(({ ports = [] }) =>
        ports.length === 0 ? everyPort : ports.flatMap((port) => portRange(port, destination)),
      ),
  );
}

/** The ports on which `from` can open a connection to `to`: the sender may send and the receiver may receive. */
export function openPorts(
  policies: readonly Policy[],
  from: Endpoint,
  to: Endpoint,
): readonly PortRange[] {
  return intersectPorts(
    allowedPorts(policies, 'egress', from, to),
    allowedPorts(policies, 'ingress', to, from),
  );
}
