import { expect, it } from 'vitest';
import { createSandbox } from '../src/index.ts';

const page = {
  routing_key: 'key',
  event_action: 'trigger',
  payload: { summary: 'down', source: 'Alertmanager', severity: 'critical' },
};

async function post(url: string, body: unknown) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

it('PagerDuty takes events that are whole, and says what a broken one lacks', async () => {
  const sandbox = await createSandbox();
  const enqueue = (event: unknown) => post(`${sandbox.url}/pagerduty/v2/enqueue`, event);
  expect(await enqueue({ ...page, dedup_key: 'one' })).toEqual({
    status: 202,
    text: '{"status":"success","message":"Event processed","dedup_key":"one"}',
  });
  expect(JSON.parse((await enqueue(page)).text)).toHaveProperty('dedup_key', expect.any(String));
  expect(
    (await enqueue({ routing_key: 'key', event_action: 'resolve', dedup_key: 'one' })).status,
  ).toBe(202);
  const refused = [
    [{ ...page, routing_key: '' }, "'routing_key' is missing"],
    [{ ...page, event_action: 'shout' }, "'event_action' is invalid"],
    [{ ...page, payload: { summary: 'down', source: 'x' } }, "'payload.severity' is missing"],
  ] as const;
  for (const [event, said] of refused) {
    const { status, text } = await enqueue(event);
    expect([status, text]).toEqual([400, expect.stringContaining(said)]);
  }
  expect(sandbox.state.pagerduty.events.created).toBe(3);
  expect((await fetch(`${sandbox.url}/pagerduty/elsewhere`)).status).toBe(404);
  await sandbox.close();
});

it('Slack takes messages that say something', async () => {
  const sandbox = await createSandbox();
  const url = `${sandbox.url}/slack/services/T0/B0/secret`;
  expect(await post(url, { text: 'hello' })).toEqual({ status: 200, text: 'ok' });
  expect(await post(url, { attachments: [{ title: 'LatencyRaised' }] })).toEqual({
    status: 200,
    text: 'ok',
  });
  expect(await post(url, {})).toEqual({ status: 400, text: 'no_text' });
  expect(sandbox.state.slack.messages.created).toBe(2);
  expect((await fetch(`${sandbox.url}/slack/elsewhere`)).status).toBe(404);
  await sandbox.close();
});
