import type { RenderedObject, RenderTarget } from '../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from './finding.ts';
import { declaredConnections } from './reachability/declared-connections.ts';
import { declaredHosts } from './reachability/declared-hosts.ts';
import { acceptedByKubernetes } from './rendered/accepted-by-kubernetes.ts';
import { jobsComeAfterNeeds } from './rendered/jobs-come-after-needs.ts';
import { objectsLabelled } from './rendered/objects-labelled.ts';
import { podsRestricted } from './rendered/pods-restricted.ts';
import { referencesResolve } from './rendered/references-resolve.ts';
import { scalersReadQueues } from './rendered/scalers-read-queues.ts';
import { trustedProxies } from './rendered/trusted-proxies.ts';
import { workloadsOperable } from './rendered/workloads-operable.ts';

/** Each is a rule over all objects of one cluster; a new one is a file beside these and a line here. */
const checks: readonly RenderedCheck[] = [
  referencesResolve,
  objectsLabelled,
  workloadsOperable,
  jobsComeAfterNeeds,
  podsRestricted,
  scalersReadQueues,
  trustedProxies,
  declaredConnections,
  declaredHosts,
  acceptedByKubernetes,
];

/** Everything that must hold of what is applied to one cluster; an empty list means it does. */
export function checkRendered(target: RenderTarget, objects: readonly RenderedObject[]): Finding[] {
  return checks.flatMap((check) => check(target, objects));
}
