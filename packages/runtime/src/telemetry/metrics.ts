import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  readonly httpRequestDuration: Histogram<'method' | 'route' | 'status'>;
  readonly databasePool: Gauge<'state'>;
  readonly jobDuration: Histogram<'queue' | 'outcome'>;
};

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 2.5, 5, 10];

/** One registry per process; every series carries the `service` label and nothing unbounded. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the last byte of the answer, by route template',
      labelNames: ['method', 'route', 'status'],
      buckets: secondsBuckets,
      registers,
    }),
    databasePool: new Gauge({
      name: 'database_pool_connections',
      help: 'Connections of this process to Postgres: idle, busy, and callers waiting for one',
      labelNames: ['state'],
      registers,
    }),
    jobDuration: new Histogram({
      name: 'queue_job_duration_seconds',
      help: 'Time a job took, by queue and outcome (done, retried, dead)',
      labelNames: ['queue', 'outcome'],
      buckets: secondsBuckets,
      registers,
    }),
  };
}

/** A counter on the process's registry; label values must come from a closed set. */
export function counter<L extends string>(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: readonly L[],
): Counter<L> {
  return new Counter({ name, help, labelNames, registers: [metrics.registry] });
}
