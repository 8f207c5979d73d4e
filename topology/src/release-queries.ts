import { rate, series } from './observability/metric-series.ts';
import type { Judgement } from './release-policy.ts';

/** One figure a version is judged by. */
export type JudgedFigure = {
  readonly name: 'error-percent' | 'latency-p95-seconds' | 'dead-percent';
  /** A measurement above it is a failure. */
  readonly max: number;
  /** PromQL; empty where there was not enough to count. */
  readonly query: string;
};

/** The version label every pod, and every local process under judgement, is scraped with. */
export const versionLabel = 'rollouts_pod_template_hash';

const probesAside = 'route!~"/health|/livez|/metrics"';

/** A ratio that exists only where there was enough to count; otherwise the measurement says nothing. */
function guarded(ratio: string, count: string, min: number): string {
  return `(${ratio}) and on () (${count} >= ${min})`;
}

function versionOf(service: string, version: string): string {
  return `service="${service}",${versionLabel}="${version}"`;
}

/** A version that answers requests: of its requests, how many failed and how late P95 came. */
export function requestFigures(
  judgement: Judgement,
  service: string,
  version: string,
): JudgedFigure[] {
  const window = `${judgement.windowSeconds}s`;
  const own = `${versionOf(service, version)},${probesAside}`;
  const counted = (matchers: string) =>
    `sum(increase(${series('http_request_duration_seconds_count', matchers)}[${window}]))`;
  const all = counted(own);
  const failed = counted(`${own},status=~"5.."`);
  const p95 = `histogram_quantile(0.95, sum by (le) (${rate('http_request_duration_seconds_bucket', window, own)}))`;
  return [
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
  ];
}

/** A version that works off queues: of its jobs, how many died. */
export function jobFigures(judgement: Judgement, service: string, version: string): JudgedFigure[] {
  const own = versionOf(service, version);
  const counted = (matchers: string) =>
    `sum(increase(${series('queue_job_duration_seconds_count', matchers)}[${judgement.windowSeconds}s]))`;
  const all = counted(own);
  return [
    {
      name: 'dead-percent',
      max: judgement.errorPercentMax,
      query: guarded(
        `100 * (${counted(`${own},outcome="dead"`)} or vector(0)) / ${all}`,
        all,
        judgement.requestsMin,
      ),
    },
  ];
}
