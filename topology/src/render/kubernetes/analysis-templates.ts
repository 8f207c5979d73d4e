import { AnalysisTemplate } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisTemplate';
import type { NamespaceName } from '../../model/index.ts';
import { releasePolicy } from '../../release-policy.ts';
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
const probesAside = 'route!~"/health|/livez|/metrics"';
const arg = (name: string) => `{{args.${name}}}`;
const version = `service="${arg('service')}",rollouts_pod_template_hash="${arg('version')}"`;

/** A ratio that exists only where there was enough to count; otherwise the measurement says nothing. */
function guarded(ratio: string, count: string, min: number): string {
  return `(${ratio}) and on () (${count} >= ${min})`;
}

/** Empty below the minimum of traffic: neither condition holds then, and the measurement is inconclusive. */
function limit(max: number) {
  return {
    successCondition: `len(result) > 0 && result[0] <= ${max}`,
    failureCondition: `len(result) > 0 && result[0] > ${max}`,
  };
}

type Measured = { readonly name: string; readonly max: number; readonly query: string };

function template(
  target: RenderTarget,
  namespace: string,
  name: string,
  measured: readonly Measured[],
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

function requestsTemplate(target: RenderTarget, namespace: string): RenderedObject {
  const { judgement } = releasePolicy(target.environment.name);
  const window = `[${judgement.windowSeconds}s]`;
  const counted = (matchers: string) =>
    `sum(increase(http_request_duration_seconds_count{${matchers}}${window}))`;
  const all = counted(`${version},${probesAside}`);
  const failed = counted(`${version},${probesAside},status=~"5.."`);
  const p95 = `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${version},${probesAside}}${window})))`;
  return template(target, namespace, judgements.requests, [
    {
      name: 'error-percent',
      max: judgement.errorPercentMax,
      query: guarded(`100 * (${failed} or vector(0)) / ${all}`, all, judgement.requestsMin),
    },
    {
      name: 'latency-p95-seconds',
      max: judgement.latencyP95SecondsMax,
      query: guarded(p95, all, judgement.requestsMin),
    },
  ]);
}

function jobsTemplate(target: RenderTarget, namespace: string): RenderedObject {
  const { judgement } = releasePolicy(target.environment.name);
  const counted = (matchers: string) =>
    `sum(increase(queue_job_duration_seconds_count{${matchers}}[${judgement.windowSeconds}s]))`;
  const all = counted(version);
  return template(target, namespace, judgements.jobs, [
    {
      name: 'dead-percent',
      max: judgement.errorPercentMax,
      query: guarded(
        `100 * (${counted(`${version},outcome="dead"`)} or vector(0)) / ${all}`,
        all,
        judgement.requestsMin,
      ),
    },
  ]);
}

/** Where versions are judged: not in development, which releases pod by pod. */
export const renderAnalysisTemplates: KubernetesRenderer = (target) => {
  if (target.environment.name === 'development') return [];
  const at = (namespace: NamespaceName) => namespaceName(target.environment, namespace);
  return [
    requestsTemplate(target, at('api')),
    requestsTemplate(target, at('services')),
    jobsTemplate(target, at('jobs')),
  ];
};
