import type { CloudTarget, Environment } from './model/index.ts';

/** What the Gateway in the cluster refers to by name and the cloud program creates. */
export const gatewayNames = {
  address: 'maxai-gateway',
  certificateMap: 'maxai',
  tlsPolicy: 'maxai-tls-1-3',
  firewallPolicy: 'maxai-gateway',
} as const;

/** The part of the name space an environment's own zone holds; production's is the whole domain. */
export function publicZone({ name, publicUrl }: Environment): string {
  const { hostname } = new URL(publicUrl);
  return name === 'production' ? hostname.replace(/^[^.]+\./, '') : hostname;
}

/** Whether a public name is answered by the cluster's Gateway alone, without the web apps before it. */
export function answersApiOnly({ target }: Environment['dns'][number]): boolean {
  return target === 'API gateway';
}

/** Where a name leads a person who asks for no page: the console has a name of its own, but not the root. */
export function landingPath({ target }: Environment['dns'][number]): '/' | '/admin' {
  return target === 'Admin portal' ? '/admin' : '/';
}

/** Where n8n answers; the name is public, the address behind it is not. */
export function n8nHost(environment: Environment): string {
  return `n8n.${publicZone(environment)}`;
}

/** The cluster, as External Secrets and the pipeline ask the cloud for it. */
export function clusterName({ name }: Environment): string {
  return `maxai-${name}`;
}

/** Where GKE keeps the cluster: in its region, or in the one zone of an environment that has but one. */
export function clusterLocation({ cluster }: Environment, { region, zones }: CloudTarget): string {
  return cluster.zones === 'multi-zone' ? region : zones[0];
}
