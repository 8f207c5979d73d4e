import { subnetOf } from './cidr.ts';
import type { ClusterTarget } from './model/index.ts';

/** In the order of their blocks; n8n's own machine takes the last one. */
const stores = ['postgres', 'redis-cache', 'redis-queue', 'n8n'] as const;

export type DataStore = (typeof stores)[number];

/**
 * The quarter of a cluster's data network that one store has to itself: who may reach the cache
 * must not reach the queue, and addresses are all that a policy sees of a managed store.
 */
export function dataCidrOf({ network }: ClusterTarget, store: DataStore): string {
  const prefix = Number(network.dataCidr.split('/')[1]) + 2;
  return subnetOf(network.dataCidr, prefix, stores.indexOf(store));
}
