import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { Service, WebApp } from '../../model/index.ts';
import { declaredBy } from './origins.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';
import type { Workload } from './secret-access.ts';

/** Up at once, at most doubling; down after five calm minutes, a pod a minute. */
export const scalingBehaviour = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max' as const,
    policies: [
      { type: 'Percent' as const, value: 100, periodSeconds: 30 },
      { type: 'Pods' as const, value: 2, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max' as const,
    policies: [{ type: 'Pods' as const, value: 1, periodSeconds: 60 }],
  },
};

/** kube-score knows no Rollout to scale, and takes one replica at the least, which the scaling table asks for, for too few. */
const lintedAs = {
  'kube-score/ignore': 'horizontalpodautoscaler-has-target,horizontalpodautoscaler-replicas',
};

/** A cluster sees no concurrency of a Next server: there the web apps are scaled by processor. */
const webCpuPercent = 70;

export function autoscaler(
  { platform }: RenderTarget,
  { name: deployable, scaling }: Service | WebApp,
  { name, namespace, labels, file }: Workload,
): RenderedObject {
  const byCpu = scaling.metric === 'CPU';
  const target = 'spec.metrics[0].resource.target.averageUtilization';
  return rendered(
    new HorizontalPodAutoscaler({
      metadata: { name, namespace, labels, annotations: lintedAs },
      spec: {
        scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name },
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metrics: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: {
                type: 'Utilization',
                averageUtilization: byCpu ? scaling.targetPercent : webCpuPercent,
              },
            },
          },
        ],
        behavior: scalingBehaviour,
      },
    }),
    {
      file,
      origins: declaredBy(platform, deployable, {
        '': 'scaling',
        'spec.minReplicas': 'scaling.min',
        'spec.maxReplicas': 'scaling.max',
        [target]: byCpu ? 'scaling.targetPercent' : 'scaling.metric',
      }),
    },
  );
}
