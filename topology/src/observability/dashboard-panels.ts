import { alertThresholds } from './alert-thresholds.ts';
import { rate, series } from './metric-series.ts';
import { badRatio, journeys } from './service-levels.ts';

/** One panel: what it shows, and from where it is bad. */
export type PanelDescription = {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** Legend → PromQL. */
  readonly queries: Readonly<Record<string, string>>;
  readonly warnAt?: number;
  readonly failAt?: number;
  readonly type?: 'timeseries' | 'stat';
};

const at = alertThresholds;
const of = '{{service}}';

export const servicePanels: readonly PanelDescription[] = [
  {
    title: 'Requests',
    description: 'Answered by each service, a second',
    unit: 'reqps',
    queries: { [of]: 'service:requests:rate5m' },
  },
  {
    title: 'Errors',
    description: 'Failed on our side, a second',
    unit: 'reqps',
    queries: { [of]: 'service:errors:rate5m' },
  },
  {
    title: 'Error rate',
    description: 'Failed on our side, of all requests',
    unit: 'percent',
    warnAt: at.errorPercentWarning,
    failAt: at.errorPercentCritical,
    queries: { [of]: 'service:errors:percent5m' },
  },
  {
    title: 'Latency',
    description: 'P50, P95 and P99',
    unit: 's',
    warnAt: at.latencySecondsWarning,
    failAt: at.latencySecondsCritical,
    queries: {
      [`${of} P50`]: 'service:latency_seconds:p50_5m',
      [`${of} P95`]: 'service:latency_seconds:p95_5m',
      [`${of} P99`]: 'service:latency_seconds:p99_5m',
    },
  },
  {
    title: 'Health',
    description: '1 while every dependency answers',
    unit: 'short',
    queries: {
      [of]: `min by (service) (${series('health_check_up')})`,
      [`${of} instances`]: `sum by (service) (${series('up', 'job="maxai"')})`,
    },
  },
  {
    title: 'CPU',
    description: 'Cores used by the busiest instance; Node.js works on one',
    unit: 'short',
    failAt: 0.9,
    queries: {
      [of]: `max by (service) (${rate('process_cpu_seconds_total', '5m', 'job="maxai"')})`,
    },
  },
  {
    title: 'Memory',
    description: 'Resident, of the largest instance',
    unit: 'bytes',
    queries: {
      [of]: `max by (service) (${series('process_resident_memory_bytes', 'job="maxai"')})`,
    },
  },
  {
    title: 'Event loop',
    description: 'How late the event loop is, P99',
    unit: 's',
    failAt: 0.25,
    queries: {
      [of]: `max by (service) (${series('nodejs_eventloop_lag_p99_seconds', 'job="maxai"')})`,
    },
  },
  {
    title: 'Disk',
    description: 'Used, by mount point',
    unit: 'percent',
    failAt: at.diskPercentCritical,
    queries: {
      '{{instance}} {{mountpoint}}': `100 * (1 - ${series('node_filesystem_avail_bytes', 'fstype!~"tmpfs|overlay"')} / ${series('node_filesystem_size_bytes', 'fstype!~"tmpfs|overlay"')})`,
    },
  },
  {
    title: 'Database connections',
    description: 'By state; callers that wait are the alarm',
    unit: 'short',
    queries: {
      [`${of} {{state}}`]: `sum by (service, state) (${series('database_pool_connections')})`,
    },
  },
];

export const businessPanels: readonly PanelDescription[] = [
  {
    title: 'Active tenants',
    description: 'Agencies that may sign in',
    unit: 'short',
    type: 'stat',
    queries: { tenants: `max(${series('active_tenants')})` },
  },
  {
    title: 'Active clients',
    description: 'Client businesses of active agencies',
    unit: 'short',
    type: 'stat',
    queries: { clients: `max(${series('active_clients')})` },
  },
  {
    title: 'API calls by endpoint',
    description: 'At the gateway, a second',
    unit: 'reqps',
    queries: {
      '{{method}} {{route}}': `sum by (method, route) (${rate('http_request_duration_seconds_count', '5m', 'service="api-gateway",route=~"/api/.*"')})`,
    },
  },
  {
    title: 'Webhooks received',
    description: 'By provider and outcome, a second',
    unit: 'reqps',
    queries: {
      '{{provider}} {{outcome}}': `sum by (provider, outcome) (${rate('webhook_deliveries_total', '5m')})`,
    },
  },
  {
    title: 'Webhook events processed',
    description: 'Turned into canonical events, a second',
    unit: 'reqps',
    queries: {
      '{{provider}} {{outcome}}': `sum by (provider, outcome) (${rate('webhook_events_processed_total', '5m')})`,
    },
  },
  {
    title: 'LLM tokens',
    description: 'By provider and direction, a second',
    unit: 'short',
    queries: {
      '{{provider}} {{direction}}': `sum by (provider, direction) (${rate('llm_tokens_total', '5m')})`,
    },
  },
];

export const queuePanels: readonly PanelDescription[] = [
  {
    title: 'Jobs waiting',
    description: 'By queue',
    unit: 'short',
    queries: { '{{queue}}': `sum by (queue) (${series('queue_jobs', 'state="waiting"')})` },
  },
  {
    title: 'Jobs done',
    description: 'By queue and outcome, a second',
    unit: 'ops',
    queries: {
      '{{queue}} {{outcome}}': `sum by (queue, outcome) (${rate('queue_job_duration_seconds_count', '5m')})`,
    },
  },
  {
    title: 'Time a job takes',
    description: 'P95 by queue',
    unit: 's',
    queries: {
      '{{queue}}': `histogram_quantile(0.95, sum by (queue, le) (${rate('queue_job_duration_seconds_bucket', '5m')}))`,
    },
  },
];

export const journeyPanels: readonly PanelDescription[] = journeys.map((journey) => ({
  title: journey.name,
  description: `${journey.promise}: ${journey.objectivePercent} % of the time`,
  unit: 'percentunit',
  failAt: (100 - journey.objectivePercent) / 100,
  queries: {
    'bad, 5 minutes': badRatio(journey, '5m'),
    'bad, 1 hour': badRatio(journey, '1h'),
    'bad, 1 day': badRatio(journey, '1d'),
  },
}));
