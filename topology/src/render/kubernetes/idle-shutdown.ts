import type { Environment, NamespaceName } from '../../model/index.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { because, declaredIn, environmentFile } from './origins.ts';
import { rendered, type KubernetesRenderer } from './rendered-object.ts';
import { SleepInfo, type SleepPatch } from './sleep-info.ts';

const rollouts = { group: 'argoproj.io', kind: 'Rollout' } as const;
const autoscalers = { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' } as const;
const queueScalers = { group: 'keda.sh', kind: 'ScaledObject' } as const;

function patch(target: SleepPatch['target'], operation: object): SleepPatch {
  return { target, patch: JSON.stringify([operation]) };
}

/** No pods. An autoscaler leaves what has none alone; KEDA has to be told. */
const off: readonly SleepPatch[] = [
  patch(rollouts, { op: 'add', path: '/spec/replicas', value: 0 }),
  patch(queueScalers, {
    op: 'add',
    path: '/metadata/annotations/autoscaling.keda.sh~1paused-replicas',
    value: '0',
  }),
];

/** The most is the least, whatever each of them is. */
const minimum: readonly SleepPatch[] = [
  patch(autoscalers, { op: 'copy', from: '/spec/minReplicas', path: '/spec/maxReplicas' }),
  patch(queueScalers, { op: 'copy', from: '/spec/minReplicaCount', path: '/spec/maxReplicaCount' }),
];

const restsBy: Readonly<Record<Environment['idle'], readonly SleepPatch[]>> = {
  'always on': [],
  'minimum replicas outside business hours': minimum,
  'off outside business hours': off,
};

/** Outside business hours an environment that may rest does: kube-green changes its objects and changes them back. */
export const renderIdleShutdown: KubernetesRenderer = ({ platform, environment }) => {
  const patches = restsBy[environment.idle];
  if (patches.length === 0) return [];
  const { days, until, from, timeZone } = environment.businessHours;
  const isOff = environment.idle === 'off outside business hours';
  // The keys of the record are the names.
  const names = Object.keys(platform.namespaces) as NamespaceName[];
  return names.map((key) => {
    const namespace = namespaceName(environment, key);
    return rendered(
      new SleepInfo({
        metadata: {
          name: 'outside-business-hours',
          namespace,
          labels: objectLabels(environment, {
            name: 'platform',
            owner: 'automation-team',
            costCentre: 'ops',
          }),
        },
        spec: {
          weekdays: days,
          sleepAt: until,
          wakeUpAt: from,
          timeZone,
          suspendDeployments: isOff,
          suspendStatefulSets: isOff,
          suspendCronJobs: isOff,
          patches: [...patches],
        },
      }),
      {
        file: `${namespace}/namespace`,
        origins: [
          ...declaredIn(environmentFile(environment), {
            '': 'idle',
            'spec.weekdays': 'businessHours.days',
            'spec.sleepAt': 'businessHours.until',
            'spec.wakeUpAt': 'businessHours.from',
            'spec.timeZone': 'businessHours.timeZone',
          }),
          because(environmentFile(environment), 'spec.patches', 'idle', environment.idle),
        ],
      },
    );
  });
};
