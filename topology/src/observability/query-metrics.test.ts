import { metrics } from '@maxai/contracts/telemetry/metrics';
import { describe, expect, it } from 'vitest';
import { alertsOf } from './alerts.ts';
import { foreignMetrics, metricOfSeries } from './metric-series.ts';
import { platform } from '../platform.ts';
import { seriesIn } from './query-metrics.ts';
import { dashboards } from './dashboards.ts';
import { journeyRules, serviceRules } from './service-levels.ts';

const recorded = [...serviceRules, ...journeyRules];
const produced = new Set([
  ...Object.keys(metrics),
  ...Object.keys(foreignMetrics),
  ...recorded.map(({ record }) => record),
]);

function withoutProducer(query: string): string[] {
  return seriesIn(query).filter((name) => !produced.has(metricOfSeries(name)));
}

describe('the series of a query', () => {
  it.each([
    ['up', ['up']],
    ['sum by (service) (rate(a_total{x="y_z",le="0.1"}[5m])) > 0.05', ['a_total']],
    ['a_bucket / on (service) group_left (route) b offset 15m', ['a_bucket', 'b']],
    ['100 * (x or vector(0)) unless service:errors:rate5m', ['x', 'service:errors:rate5m']],
    ['histogram_quantile(0.95, sum by (service, le) (rate(h_bucket[5m])))', ['h_bucket']],
  ])('%s', (query, names) => {
    expect(seriesIn(query)).toEqual(names);
  });
});

describe('every series that is asked for has a producer', () => {
  it('in the recording rules', () => {
    expect(recorded.flatMap(({ expression }) => withoutProducer(expression))).toEqual([]);
  });

  it('in the alerts', () => {
    const queries = alertsOf(platform).map(({ expression }) => expression);
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.flatMap(withoutProducer)).toEqual([]);
  });

  it('in the dashboards', () => {
    const queries = dashboards().flatMap(({ panels }) =>
      panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    );
    expect(queries.length).toBeGreaterThan(20);
    expect(queries.flatMap(withoutProducer)).toEqual([]);
  });

  it('and one that has none is found', () => {
    expect(withoutProducer('rate(http_requests_total[5m])')).toEqual(['http_requests_total']);
  });
});

describe('the dashboards', () => {
  it('show every metric the platform exports', () => {
    const shown = new Set(
      dashboards()
        .flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
        .flatMap(seriesIn)
        .map(metricOfSeries),
    );
    const throughRules = new Set(
      recorded.flatMap(({ expression }) => seriesIn(expression)).map(metricOfSeries),
    );
    const unseen = Object.keys(metrics).filter(
      (name) => !shown.has(name) && !throughRules.has(name),
    );
    expect(unseen).toEqual([]);
  });

  it('have panels that do not overlap', () => {
    for (const { panels } of dashboards()) {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from(
          { length: w * h },
          (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
        ),
      );
      expect(new Set(cells).size).toBe(cells.length);
    }
  });
});
