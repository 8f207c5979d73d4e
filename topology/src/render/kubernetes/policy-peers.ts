import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { Peer } from '../../network/network-edge.ts';

/** Pods by their namespace's name and their labels; what lies outside by its addresses. */
export function policyPeers(peer: Peer): INetworkPolicyPeer[] {
  if (peer.kind === 'addresses') {
    return peer.cidrs.map((cidr) => ({
      ipBlock: { cidr, ...(peer.except === undefined ? {} : { except: [...peer.except] }) },
    }));
  }
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
      podSelector: { matchLabels: peer.labels },
    },
  ];
}
