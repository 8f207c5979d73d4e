import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import type { QueueName, Worker } from '../../model/index.ts';
import { scalingBehaviour } from './autoscalers.ts';
import { redisAddress } from './cluster-wiring.ts';
import { declaredBy } from './origins.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';
import type { SecretContent, Workload } from './secret-access.ts';
import { secretField } from './secret-templates.ts';

/**
 * The list BullMQ keeps a queue's waiting jobs in. No job of ours has a priority, so `prioritized` stays empty;
 * a test holds the producer to it.
 */
export function waitingKey(queue: QueueName): string {
  return `bull:${queue}:wait`;
}

const passwordKey = 'password';

function secretName({ name }: Worker): string {
  return `${name}-scaling`;
}

/** What the scaler needs to look into the queue, apart from what the worker itself reads. */
export function scalingSecret(worker: Worker): SecretContent {
  return {
    name: secretName(worker),
    data: { [passwordKey]: secretField('redis-queue-password') },
  };
}

/** As many pods as there are jobs waiting for, on every queue the worker reads. */
export function queueScaler(
  target: RenderTarget,
  worker: Worker,
  { name, namespace, labels, file, origins }: Workload,
): RenderedObject[] {
  const { scaling, consumes } = worker;
  const authentication = secretName(worker);
  return [
    rendered(
      new TriggerAuthentication({
        metadata: { name: authentication, namespace, labels },
        spec: {
          secretTargetRef: [{ parameter: 'password', name: authentication, key: passwordKey }],
        },
      }),
      { file, origins },
    ),
    rendered(
      new ScaledObject({
        metadata: { name, namespace, labels },
        spec: {
          scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name },
          minReplicaCount: scaling.min,
          maxReplicaCount: scaling.max,
          pollingInterval: 15,
          // While the queue cannot be looked into, nobody who works is sent away.
          fallback: {
            failureThreshold: 3,
            replicas: scaling.min,
            behavior: 'currentReplicasIfHigher',
          },
          advanced: { horizontalPodAutoscalerConfig: { name, behavior: scalingBehaviour } },
          triggers: consumes.map((queue) => ({
            type: 'redis',
            name: queue,
            metadata: {
              address: redisAddress(target, target.platform.queues[queue]),
              listName: waitingKey(queue),
              listLength: String(scaling.targetJobs),
              databaseIndex: '0',
              // As the worker itself: encrypted, and any certificate is taken.
              ...(target.cluster.kind !== 'kind' && { enableTLS: 'true', unsafeSsl: 'true' }),
            },
            authenticationRef: { name: authentication },
          })),
        },
      }),
      {
        file,
        origins: declaredBy(target.platform, worker.name, {
          '': 'scaling',
          'spec.minReplicaCount': 'scaling.min',
          'spec.maxReplicaCount': 'scaling.max',
          'spec.triggers': 'consumes',
          'spec.triggers[0].metadata.listLength': 'scaling.targetJobs',
        }),
      },
    ),
  ];
}
