import { describe, expect, it } from 'vitest';
import { counter, createMetrics } from '../telemetry/index.ts';
import { metricDifferences, seriesOf } from './metric-differences.ts';

async function exposition(): Promise<string> {
  const metrics = createMetrics('webhook-ingress');
  metrics.databasePool.ask(() => [{ labels: { state: 'idle' }, value: 3 }]);
  metrics.jobDuration.observe({ queue: 'flow-execution', outcome: 'done' }, 0.1);
  counter(metrics, 'webhook_deliveries_total').inc({ provider: 'retell', outcome: 'stored' });
  return metrics.registry.metrics();
}

describe('what a process exports', () => {
  it('is what the catalogue says of it', async () => {
    expect(metricDifferences(await exposition(), 'webhook-ingress')).toEqual([]);
  });

  it('differs when another process should export it', async () => {
    expect(metricDifferences(await exposition(), 'iam')).toEqual([
      'webhook_deliveries_total is exported and not declared',
      'active_tenants is declared and not exported',
      'active_clients is declared and not exported',
    ]);
  });

  it.each([
    [
      'another type',
      '# TYPE database_pool_connections gauge',
      '# TYPE database_pool_connections counter',
      'database_pool_connections is a counter, declared as gauge',
    ],
    [
      'another label',
      'provider="retell",',
      'provider="retell",tenant="ten_1",',
      'webhook_deliveries_total has the labels outcome, provider, tenant, declared are outcome, provider',
    ],
    [
      'a label less',
      'queue="flow-execution",',
      '',
      'queue_job_duration_seconds has the labels outcome, declared are outcome, queue',
    ],
  ])('differs by %s', async (_name, from, to, said) => {
    const changed = (await exposition()).replaceAll(from, to);
    expect(metricDifferences(changed, 'webhook-ingress')).toEqual([said]);
  });
});

it('a series is its name and labels, whatever its value', () => {
  expect([...seriesOf('# HELP a b\na{x="1"} 4\na{x="1"} 5\n')]).toEqual(['a{x="1"}']);
});
