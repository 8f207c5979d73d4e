import { metrics, type MetricName } from '@maxai/contracts/telemetry/metrics';

/** Metrics of others that alerts and dashboards ask for, and who exports each. */
export const foreignMetrics = {
  up: 'Prometheus',
  process_cpu_seconds_total: 'prom-client, in every backend',
  process_resident_memory_bytes: 'prom-client, in every backend',
  nodejs_eventloop_lag_p99_seconds: 'prom-client, in every backend',
  node_filesystem_avail_bytes: 'node exporter',
  node_filesystem_size_bytes: 'node exporter',
} as const;

type ForeignMetricName = keyof typeof foreignMetrics;
type Histogram = {
  [N in MetricName]: (typeof metrics)[N]['kind'] extends 'histogram' ? N : never;
}[MetricName];
type SeriesName =
  | Exclude<MetricName, Histogram>
  | ForeignMetricName
  | `${Histogram}_${'bucket' | 'count' | 'sum'}`;

/** A selector on a series that somebody exports: `series('up', 'job="maxai"')` → `up{job="maxai"}`. */
export function series(name: SeriesName, matchers = ''): string {
  return matchers === '' ? name : `${name}{${matchers}}`;
}

/** The rate of a counter or of a histogram's part. */
export function rate(name: SeriesName, window: string, matchers = ''): string {
  return `rate(${series(name, matchers)}[${window}])`;
}

/** The metric a series belongs to: `x_bucket` belongs to the histogram `x`. */
export function metricOfSeries(name: string): string {
  const histogram = name.replace(/_(?:bucket|count|sum)$/, '');
  return histogram in metrics ? histogram : name;
}
