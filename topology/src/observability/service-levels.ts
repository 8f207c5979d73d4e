import { rate } from './metric-series.ts';
import type { Journey, RecordingRule } from '../model/alert.ts';

/** Requests that people and providers make, not the probes and scrapes of the platform itself. */
const asked = 'route!~"/health|/livez|/metrics"';

/** Requests of a service that failed on our side, a second. */
export function failedRequests(window: string, matchers = asked): string {
  return `sum by (service) (${rate('http_request_duration_seconds_count', window, `${matchers},status=~"5.."`)})`;
}

export function allRequests(window: string, matchers = asked): string {
  return `sum by (service) (${rate('http_request_duration_seconds_count', window, matchers)})`;
}

/** Seconds within which `percent` of a service's requests are answered. */
export function latency(percent: number, window: string): string {
  return `histogram_quantile(${percent / 100}, sum by (service, le) (${rate('http_request_duration_seconds_bucket', window, asked)}))`;
}

const requestsOf = (service: string, route: string) => `service="${service}",route=~"${route}"`;

/** Rates of one service's routes, a request slower than `seconds` or failed counting as bad. */
function answeredWithin(service: string, route: string, seconds: number) {
  const of = requestsOf(service, route);
  const total = (window: string) =>
    `sum(${rate('http_request_duration_seconds_count', window, of)})`;
  return {
    all: total,
    // Where nothing was answered well there is no series of it.
    bad: (window: string) =>
      `(${total(window)} - (sum(${rate('http_request_duration_seconds_bucket', window, `${of},status!~"5..",le="${seconds}"`)}) or vector(0)))`,
  };
}

function jobsDone(queue: string) {
  const total = (window: string) =>
    `sum(${rate('queue_job_duration_seconds_count', window, `queue="${queue}",outcome=~"done|dead"`)})`;
  return {
    all: total,
    bad: (window: string) =>
      `sum(${rate('queue_job_duration_seconds_count', window, `queue="${queue}",outcome="dead"`)})`,
  };
}

/** What is promised to whom over 30 days; `objectivePercent` of the events are good. */
export const journeys: readonly Journey[] = [
  {
    name: 'webhook-acknowledged',
    promise: 'A signed webhook is stored and acknowledged within 150 ms',
    objectivePercent: 99.9,
    ...answeredWithin('webhook-ingress', '/webhooks/.*', 0.15),
  },
  {
    name: 'api-answered',
    promise: 'An API request is answered without an error of ours within 200 ms',
    objectivePercent: 99.9,
    ...answeredWithin('api-gateway', '/api/.*', 0.2),
  },
  {
    name: 'flow-executed',
    promise: 'An execution that was started comes to its end',
    objectivePercent: 99.9,
    ...jobsDone('flow-execution'),
  },
  {
    name: 'usage-counted',
    promise: 'A unit of usage is counted',
    objectivePercent: 99.9,
    ...jobsDone('usage-aggregation'),
  },
  {
    name: 'payment-booked',
    promise: 'A payment that Stripe reports is booked in the ledger',
    objectivePercent: 99.9,
    ...jobsDone('payment-events'),
  },
];

/** How fast an error budget of 30 days burns: both windows must agree, so that an alert also ends soon. */
export const burnRates = [
  { budgetPercent: 2, long: '1h', short: '5m', factor: 14.4, severity: 'critical', forMinutes: 2 },
  { budgetPercent: 5, long: '6h', short: '30m', factor: 6, severity: 'critical', forMinutes: 15 },
  { budgetPercent: 10, long: '1d', short: '2h', factor: 3, severity: 'warning', forMinutes: 60 },
  { budgetPercent: 10, long: '3d', short: '6h', factor: 1, severity: 'warning', forMinutes: 180 },
] as const;

const windows = [...new Set(burnRates.flatMap(({ long, short }) => [short, long]))];

export function badRatio(journey: Journey, window: string): string {
  return `journey:${journey.name.replaceAll('-', '_')}:bad_ratio_${window}`;
}

/** Ratios of bad events, once per journey and window; no traffic is no failure. */
export const journeyRules: readonly RecordingRule[] = journeys.flatMap((journey) =>
  windows.map((window) => ({
    record: badRatio(journey, window),
    expression: `(${journey.bad(window)} / ${journey.all(window)}) and ${journey.all(window)} > 0`,
  })),
);

/** The service metrics of the document: rate, errors (a second and in percent), P50, P95, P99. */
export const serviceRules: readonly RecordingRule[] = [
  { record: 'service:requests:rate5m', expression: allRequests('5m') },
  { record: 'service:errors:rate5m', expression: failedRequests('5m') },
  {
    record: 'service:errors:percent5m',
    expression: `100 * ${failedRequests('5m')} / ${allRequests('5m')}`,
  },
  ...[50, 95, 99].map((percent) => ({
    record: `service:latency_seconds:p${percent}_5m`,
    expression: latency(percent, '5m'),
  })),
];
