import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { rendered, type RenderedObject } from './rendered-object.ts';
import type { Workload } from './secret-access.ts';

/** One at a time, the only one included: a node must be able to go, and a broken pod never holds it up. */
export function disruptionBudget(
  { name, namespace, labels, file, origins }: Workload,
  matchLabels: Record<string, string>,
): RenderedObject {
  return rendered(
    new PodDisruptionBudget({
      metadata: { name, namespace, labels },
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels },
      },
    }),
    { file, origins },
  );
}
