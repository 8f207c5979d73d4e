/** Pods of the cluster, ours or a controller's, as a policy selects them. */
export type Pods = {
  readonly kind: 'pods';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** What lies outside the cluster and has no labels. */
export type Addresses = {
  readonly kind: 'addresses';
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly except?: readonly string[];
};

export type Peer = Pods | Addresses;

export type Port = { readonly protocol: 'TCP' | 'UDP'; readonly port: number };

/** One connection that may be opened, and the declaration that asks for it. */
export type NetworkEdge = {
  readonly from: Peer;
  readonly to: Peer;
  readonly ports: readonly Port[];
  /** From the root of the repository. */
  readonly file: string;
  /** Path in the declaration, `calls`. */
  readonly key: string;
  readonly because: string;
};

export function podsNamed(namespace: string, name: string): Pods {
  return { kind: 'pods', name, namespace, labels: { 'app.kubernetes.io/name': name } };
}

export function tcp(...ports: readonly number[]): Port[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

/** `prod-api/api-gateway` or the addresses' name. */
export function peerName(peer: Peer): string {
  return peer.kind === 'pods' ? `${peer.namespace}/${peer.name}` : peer.name;
}
