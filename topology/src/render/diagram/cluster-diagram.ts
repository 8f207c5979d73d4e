import type { Platform } from '../../model/index.ts';
import { peerName, type NetworkEdge, type Peer } from '../../network/network-edge.ts';

/** A Mermaid identifier of a peer's name. */
function node(peer: Peer): string {
  return peerName(peer).replaceAll(/[^A-Za-z0-9]+/g, '_');
}

/** `services-pool, 2–5 pods` of a process of ours; nothing of what is not. */
function placeOf({ services, workers }: Platform, name: string): string {
  const found = [...services, ...workers].find((backend) => backend.name === name);
  if (found === undefined) return '';
  const { nodePool, scaling } = found;
  return `<br/>${nodePool}, ${scaling.min}–${scaling.max} pods`;
}

function subgraphs(platform: Platform, peers: readonly Peer[]): string[] {
  const pods = peers.flatMap((peer) => (peer.kind === 'pods' ? [peer] : []));
  const namespaces = Map.groupBy(pods, ({ namespace }) => namespace);
  return [...namespaces].flatMap(([namespace, members]) => [
    `  subgraph ${namespace}`,
    ...members.map(
      (member) => `    ${node(member)}["${member.name}${placeOf(platform, member.name)}"]`,
    ),
    '  end',
  ]);
}

function portsOf({ ports }: NetworkEdge): string {
  return [...new Set(ports.map(({ port }) => port))].join(', ');
}

/**
 * One cluster as its network sees it, as a Mermaid graph: namespaces, pods with their pools and numbers, and every
 * connection that may be opened with its ports. `everybody` names peers that all pods reach or are reached by: drawn, they
 * would hide the rest.
 */
export function clusterDiagram(
  platform: Platform,
  edges: readonly NetworkEdge[],
  everybody: readonly string[],
): string {
  const drawn = edges.filter(
    ({ from, to }) => ![from, to].some((peer) => everybody.includes(peerName(peer))),
  );
  const peers = [
    ...new Map(drawn.flatMap(({ from, to }) => [from, to]).map((peer) => [peerName(peer), peer])),
  ].map(([, peer]) => peer);
  const outside = peers.filter(({ kind }) => kind === 'addresses');
  const lines = new Set(
    drawn.map((edge) => `  ${node(edge.from)} -->|"${portsOf(edge)}"| ${node(edge.to)}`),
  );
  return [
    '```mermaid',
    'graph LR',
    ...subgraphs(platform, peers),
    ...outside.map((peer) => `  ${node(peer)}(["${peer.name}"])`),
    ...lines,
    '```',
  ].join('\n');
}
