/** One metric as it is exported: its name, type and closed set of labels are an interface others alert on. */
export type MetricDefinition = {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Every label takes its values from a closed set. */
  readonly labels: readonly string[];
  /** Which process exports it: every backend, or the one that knows. */
  readonly exportedBy:
    | 'every backend'
    | 'webhook-ingress'
    | 'iam'
    | 'orchestrator'
    | 'orchestrator-worker';
};

/** Every metric of ours; processes create them by these names, alerts and dashboards ask for them. */
export const metrics = {
  http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the request line to the last byte of the answer, by route template',
    labels: ['method', 'route', 'status'],
    exportedBy: 'every backend',
  },
  health_check_up: {
    kind: 'gauge',
    help: '1 when the dependency answered the last health check, 0 when it did not',
    labels: ['dependency'],
    exportedBy: 'every backend',
  },
  database_pool_connections: {
    kind: 'gauge',
    help: 'Connections of this process to Postgres: idle, busy, and callers waiting for one',
    labels: ['state'],
    exportedBy: 'every backend',
  },
  queue_job_duration_seconds: {
    kind: 'histogram',
    help: 'Time a job took, by queue and outcome (done, retried, dead)',
    labels: ['queue', 'outcome'],
    exportedBy: 'every backend',
  },
  queue_jobs: {
    kind: 'gauge',
    help: 'Jobs in a queue, by state (waiting, active, delayed, failed)',
    labels: ['queue', 'state'],
    exportedBy: 'orchestrator',
  },
  webhook_deliveries_total: {
    kind: 'counter',
    help: 'Deliveries by provider and outcome',
    labels: ['provider', 'outcome'],
    exportedBy: 'webhook-ingress',
  },
  webhook_events_processed_total: {
    kind: 'counter',
    help: 'Deliveries taken over from the queue, by provider and outcome (processed, duplicate, unreadable)',
    labels: ['provider', 'outcome'],
    exportedBy: 'orchestrator-worker',
  },
  llm_tokens_total: {
    kind: 'counter',
    help: 'Language model tokens, by provider and direction (input, output)',
    labels: ['provider', 'direction'],
    exportedBy: 'orchestrator-worker',
  },
  active_tenants: {
    kind: 'gauge',
    help: 'Tenants that may sign in',
    labels: [],
    exportedBy: 'iam',
  },
  active_clients: {
    kind: 'gauge',
    help: 'Clients of active tenants',
    labels: [],
    exportedBy: 'iam',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metrics;
