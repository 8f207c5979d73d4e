import { PriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import { objectLabels } from './object-names.ts';
import { declaredIn, platformFile } from './origins.ts';
import type { Released } from './release-strategies.ts';
import { rendered, type KubernetesRenderer } from './rendered-object.ts';

/** When a cluster is full, work that can wait makes room for people who cannot. */
const classes = {
  'maxai-data': { value: 400_000, description: 'What everything else stands on' },
  'maxai-public': { value: 300_000, description: 'Answers people and providers' },
  'maxai-internal': { value: 200_000, description: 'Answers other services' },
  'maxai-jobs': { value: 100_000, description: 'Takes jobs that wait in a queue' },
} as const;

export type Priority = keyof typeof classes;

export function priorityOf(deployable: Released): Priority {
  if (deployable.kind === 'worker') return 'maxai-jobs';
  if (deployable.kind === 'web') return 'maxai-public';
  return deployable.exposure === 'public' ? 'maxai-public' : 'maxai-internal';
}

export const renderPriorities: KubernetesRenderer = ({ environment }) =>
  Object.entries(classes).map(([name, { value, description }]) =>
    rendered(
      new PriorityClass({
        metadata: {
          name,
          labels: objectLabels(environment, {
            name: 'platform',
            owner: 'automation-team',
            costCentre: 'ops',
          }),
        },
        value,
        globalDefault: false,
        preemptionPolicy: 'PreemptLowerPriority',
        description,
      }),
      { file: 'cluster', origins: declaredIn(platformFile, { '': 'services' }) },
    ),
  );
