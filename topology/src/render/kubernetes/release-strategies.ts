import type { IBlueGreenStrategy } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/BlueGreenStrategy';
import type { IRolloutStrategy } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutStrategy';
import type { DeployableName, Service, WebApp, Worker } from '../../model/index.ts';
import { releasePolicy } from '../../release-policy.ts';
import { judgements } from './analysis-templates.ts';
import { canaryServiceName, namespaceOf, routeName } from './object-names.ts';
import type { RenderTarget } from './rendered-object.ts';

export type Released = Service | Worker | WebApp;

const secondsPerHour = 3600;

/** Only the last version is kept beside the one that runs, however many are released within a day. */
function keepOld({ environment }: RenderTarget) {
  return {
    scaleDownDelaySeconds: releasePolicy(environment.name).keepOldHours * secondsPerHour,
    scaleDownDelayRevisionLimit: 1,
  };
}

function judgedBy(templateName: string, service: DeployableName) {
  return {
    templates: [{ templateName }],
    args: [
      { name: 'service', value: service },
      { name: 'version', valueFrom: { podTemplateHashValue: 'Latest' as const } },
    ],
  };
}

/** A tenth of the requests by weight of the route, a verdict, then all of them. */
function canaryByRoute(target: RenderTarget, service: Service): IRolloutStrategy {
  return {
    canary: {
      stableService: service.name,
      canaryService: canaryServiceName(service.name),
      ...keepOld(target),
      trafficRouting: {
        plugins: {
          'argoproj-labs/gatewayAPI': {
            httpRoutes: [{ name: routeName(service.name) }],
            namespace: namespaceOf(target.environment, service),
          },
        },
      },
      maxSurge: '25%',
      maxUnavailable: 0,
      steps: [
        { setWeight: releasePolicy(target.environment.name).canaryPercent },
        { analysis: judgedBy(judgements.requests, service.name) },
        { setWeight: 100 },
      ],
    },
  };
}

/** All at once when the new version is ready, which asks its dependencies, beside the old one. */
function blueGreen(target: RenderTarget, { name }: Service | WebApp): IBlueGreenStrategy {
  return {
    activeService: name,
    previewService: canaryServiceName(name),
    autoPromotionEnabled: true,
    ...keepOld(target),
  };
}

/** Where one person works there is nothing to judge by and nobody to protect: pod by pod. */
const podByPod: IRolloutStrategy = { canary: { maxSurge: 1, maxUnavailable: 0 } };

/** A tenth of the pods, and so of the jobs: pods take them, nothing routes them. Old pods would go on taking jobs, so none are kept. */
function canaryByPods({ environment }: RenderTarget, worker: Worker): IRolloutStrategy {
  return {
    canary: {
      maxSurge: 1,
      maxUnavailable: 0,
      steps: [
        { setWeight: releasePolicy(environment.name).canaryPercent },
        { analysis: judgedBy(judgements.jobs, worker.name) },
      ],
    },
  };
}

/** Public services, and where there is a mesh all of them, have a route whose weights a release can move. */
function hasRoute({ environment }: RenderTarget, { exposure }: Service): boolean {
  return exposure === 'public' || environment.serviceMesh !== 'none';
}

/** How a new version takes over from the old one. */
export function releaseStrategy(target: RenderTarget, deployable: Released): IRolloutStrategy {
  if (target.environment.name === 'development') return podByPod;
  if (deployable.kind === 'worker') return canaryByPods(target, deployable);
  if (deployable.kind === 'web') return { blueGreen: blueGreen(target, deployable) };
  return hasRoute(target, deployable)
    ? canaryByRoute(target, deployable)
    : {
        blueGreen: {
          ...blueGreen(target, deployable),
          postPromotionAnalysis: judgedBy(judgements.requests, deployable.name),
        },
      };
}
