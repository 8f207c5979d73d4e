import { AnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { NamespaceName } from '../../model/index.ts';
import { releasePolicy } from '../../release-policy.ts';
import { jobFigures, requestFigures, type JudgedFigure } from '../../release-queries.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { declaredIn, policyFile } from './origins.ts';
import type { KubernetesRenderer, RenderedObject, RenderTarget } from './rendered-object.ts';
import { rendered } from './rendered-object.ts';

/** Judges a version by the requests it answers, or by the jobs it does. */
export const judgements = {
  requests: 'version-answers-well',
  jobs: 'version-works-well',
} as const;

/** In the cluster; started by the Prometheus operator. */
const prometheus = 'http://prometheus-operated.monitoring.svc.cluster.local:9090';

const about = { name: 'releases', owner: 'automation-team', costCentre: 'ops' } as const;
const arg = (name: string) => `{{args.${name}}}`;

/** Empty below the minimum of traffic: neither condition holds then, and the measurement is inconclusive. */
function limit(max: number) {
  return {
    successCondition: `len(result) > 0 && result[0] <= ${max}`,
    failureCondition: `len(result) > 0 && result[0] > ${max}`,
  };
}

function template(
  target: RenderTarget,
  namespace: string,
  name: string,
  measured: readonly JudgedFigure[],
): RenderedObject {
  const { judgement } = releasePolicy(target.environment.name);
  return rendered(
    new AnalysisTemplate({
      metadata: { name, namespace, labels: objectLabels(target.environment, about) },
      spec: {
        args: [{ name: 'service' }, { name: 'version' }],
        metrics: measured.map((metric) => ({
          name: metric.name,
          initialDelay: `${judgement.windowSeconds}s`,
          interval: `${judgement.intervalSeconds}s`,
          count: judgement.samples,
          failureLimit: judgement.failuresMax,
          inconclusiveLimit: judgement.inconclusiveMax,
          consecutiveErrorLimit: judgement.failuresMax,
          ...limit(metric.max),
          provider: { prometheus: { address: prometheus, query: metric.query } },
        })),
      },
    }),
    {
      file: `${namespace}/releases`,
      origins: declaredIn(policyFile, {
        '': 'releasePolicy',
        'spec.metrics[0].interval': 'judgement.intervalSeconds',
        'spec.metrics[0].count': 'judgement.samples',
        'spec.metrics[0].failureLimit': 'judgement.failuresMax',
      }),
    },
  );
}

/** Where versions are judged: not in development, which releases pod by pod. */
export const renderAnalysisTemplates: KubernetesRenderer = (target) => {
  if (target.environment.name === 'development') return [];
  const at = (namespace: NamespaceName) => namespaceName(target.environment, namespace);
  const { judgement } = releasePolicy(target.environment.name);
  const requests = requestFigures(judgement, arg('service'), arg('version'));
  const jobs = jobFigures(judgement, arg('service'), arg('version'));
  return [
    template(target, at('api'), judgements.requests, requests),
    template(target, at('services'), judgements.requests, requests),
    template(target, at('jobs'), judgements.jobs, jobs),
  ];
};
