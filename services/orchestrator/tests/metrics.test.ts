import { metricDifferences } from '@maxai/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateFlow, executionThat } from './support/flows.ts';
import { startPlatform, until, type Platform } from './support/platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const scrape = async (url: string) => (await fetch(`${url}/metrics`)).text();
const valuesOf = (text: string, metric: string) =>
  Object.fromEntries(
    [...text.matchAll(new RegExp(`^${metric}\\{(\\S*),service="\\S+ (\\S+)$`, 'gm'))].map(
      ([, labels = '', value]) => [labels, Number(value)],
    ),
  );

test('the service tells the depth of every queue, and exports what the catalogue says', async () => {
  const tenant = platform.mintTenant();
  await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
  const text = await scrape(platform.service.url);
  expect(valuesOf(text, 'queue_jobs')).toMatchObject({
    'queue="webhook-processing",state="waiting"': 1,
    'queue="webhook-processing",state="active"': 0,
    'queue="flow-execution",state="delayed"': 0,
    'queue="payment-events",state="failed"': 0,
  });
  expect(metricDifferences(text, 'orchestrator')).toEqual([]);
});

test('the worker counts deliveries by what became of them, and tokens by direction [R100,R101]', async () => {
  const tenant = platform.mintTenant();
  platform.connect(tenant, 'openrouter');
  await activateFlow(platform, tenant, { event: 'call.ended' }, [
    {
      key: 'ask',
      action: 'llm.complete',
      input: { model: 'openai/gpt-4.1-mini', prompt: 'Thank them' },
    },
  ]);
  const delivery = platform.store(tenant, 'retell.call_ended');
  const poison = platform.store(tenant, 'retell.call_ended', { end_timestamp: 1e30 });
  const worker = await platform.startWorker();
  await platform.enqueue(delivery, poison);
  await executionThat(platform, tenant);
  await until(() => platform.neighbours.settled.has(delivery.id));
  await platform.enqueue(delivery);
  const processed = async () =>
    valuesOf(await scrape(worker.url), 'webhook_events_processed_total');
  await until(async () => (await processed())['provider="retell",outcome="duplicate"']);
  expect(await processed()).toMatchObject({
    'provider="retell",outcome="unreadable"': 1,
    'provider="retell",outcome="duplicate"': 1,
  });
  const text = await scrape(worker.url);
  const tokens = valuesOf(text, 'llm_tokens_total');
  expect(Object.keys(tokens).toSorted()).toEqual([
    'provider="openrouter",direction="input"',
    'provider="openrouter",direction="output"',
  ]);
  expect(Math.min(...Object.values(tokens))).toBeGreaterThan(0);
  expect(metricDifferences(text, 'orchestrator-worker')).toEqual([]);
});
