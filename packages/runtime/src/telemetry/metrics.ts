import {
  metrics as catalogue,
  type MetricDefinition,
  type MetricName,
} from '@maxai/contracts/telemetry/metrics';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type Catalogue = typeof catalogue;
type NameOf<K extends MetricDefinition['kind']> = {
  [N in MetricName]: Catalogue[N]['kind'] extends K ? N : never;
}[MetricName];
type LabelsOf<N extends MetricName> = Catalogue[N]['labels'][number];

export type Sample<N extends NameOf<'gauge'>> = {
  readonly labels: Readonly<Record<LabelsOf<N>, string>>;
  readonly value: number;
};

/** A gauge that looks when it is scraped; what cannot be found out then is not reported at all. */
export type AskedGauge<N extends NameOf<'gauge'>> = {
  readonly get: Gauge<LabelsOf<N>>['get'];
  /** Replaces whom it asks. */
  ask(source: () => readonly Sample<N>[] | Promise<readonly Sample<N>[]>): void;
};

export type Metrics = {
  readonly registry: Registry;
  readonly httpRequestDuration: Histogram<LabelsOf<'http_request_duration_seconds'>>;
  readonly healthChecks: AskedGauge<'health_check_up'>;
  readonly databasePool: AskedGauge<'database_pool_connections'>;
  readonly jobDuration: Histogram<LabelsOf<'queue_job_duration_seconds'>>;
};

const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 2.5, 5, 10];

/**
 * Between two looks at the event loop's delay, and contained in what they find. Each look wakes the process, so the
 * library's 10 ms would be most of what an idle process does.
 */
const eventLoopLookMs = 50;

/** What the catalogue says of a metric, as the library asks for it; the catalogue types the labels' names. */
function described<N extends MetricName>(name: N, registry: Registry) {
  const { help, labels } = catalogue[name];
  const labelNames: readonly LabelsOf<N>[] = labels;
  return { name, help, labelNames, registers: [registry] };
}

function histogram<N extends NameOf<'histogram'>>(
  registry: Registry,
  name: N,
): Histogram<LabelsOf<N>> {
  return new Histogram({ ...described(name, registry), buckets: secondsBuckets });
}

function askedGauge<N extends NameOf<'gauge'>>(registry: Registry, name: N): AskedGauge<N> {
  type Source = Parameters<AskedGauge<N>['ask']>[0];
  let source: Source = () => [];
  const answers = async () => {
    try {
      return await source();
    } catch {
      // No value is what an unanswered question looks like; the health checks tell of the cause.
      return [];
    }
  };
  const made = new Gauge({
    ...described(name, registry),
    async collect() {
      const samples = await answers();
      made.reset();
      // A gauge without labels is reset to zero, which would be an answer.
      made.remove({});
      for (const { labels, value } of samples) made.set(labels, value);
    },
  });
  return {
    get: () => made.get(),
    ask(asked) {
      source = asked;
    },
  };
}

/** One registry per process; every series carries the `service` label and nothing unbounded. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopLookMs });
  return {
    registry,
    httpRequestDuration: histogram(registry, 'http_request_duration_seconds'),
    healthChecks: askedGauge(registry, 'health_check_up'),
    databasePool: askedGauge(registry, 'database_pool_connections'),
    jobDuration: histogram(registry, 'queue_job_duration_seconds'),
  };
}

/** A counter of the catalogue on the process's registry; label values must come from a closed set. */
export function counter<N extends NameOf<'counter'>>(
  metrics: Pick<Metrics, 'registry'>,
  name: N,
): Counter<LabelsOf<N>> {
  return new Counter(described(name, metrics.registry));
}

/** A gauge of the catalogue on the process's registry that asks `source` when it is scraped. */
export function gauge<N extends NameOf<'gauge'>>(
  metrics: Pick<Metrics, 'registry'>,
  name: N,
  source: () => readonly Sample<N>[] | Promise<readonly Sample<N>[]>,
): void {
  askedGauge(metrics.registry, name).ask(source);
}
