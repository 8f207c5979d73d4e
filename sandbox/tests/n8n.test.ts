import { expect, it } from 'vitest';
import { signStandardWebhook } from '../src/signing/index.ts';
import { startSandbox } from './support/client.ts';

const runId = `eff_${'0'.repeat(26)}.1`;
// Nobody listens on the discard port.
const callback = { url: 'http://127.0.0.1:9/callback', key: 'run-key' };

async function start(url: string, workflow: string, key: string, more: { nowMs?: number } = {}) {
  const rawBody = JSON.stringify({ runId, callback, input: { name: 'Ada' } });
  const response = await fetch(`${url}/n8n/webhook/${workflow}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signStandardWebhook({ id: runId, rawBody, key, nowMs: more.nowMs ?? Date.now() }),
    },
    body: rawBody,
  });
  return { status: response.status, body: await response.json() };
}

it('is healthy, and answers what is not published as n8n does', async () => {
  const { url, accounts } = await startSandbox();
  const health = await fetch(`${url}/n8n/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
  expect(await start(url, 'draft', accounts.n8n.signingKey)).toEqual({
    status: 404,
    body: {
      code: 404,
      message: 'The requested webhook "POST draft" is not registered.',
      hint: expect.stringContaining('must be active'),
    },
  });
});

it('runs only what the platform has signed, and that freshly [R150]', async () => {
  const sandbox = await startSandbox();
  const { signingKey } = sandbox.accounts.n8n;
  expect((await start(sandbox.url, 'echo', 'another key')).status).toBe(401);
  const stale = { nowMs: Date.now() - 301_000 };
  expect((await start(sandbox.url, 'echo', signingKey, stale)).status).toBe(401);
  expect(sandbox.state.n8n.runs.created).toBe(0);
  expect(await start(sandbox.url, 'silent', signingKey)).toEqual({
    status: 200,
    body: { message: 'Workflow was started' },
  });
  expect(sandbox.state.n8n.runs.created).toBe(1);
  expect(sandbox.state.n8n.results.created).toBe(0);
});

it('signs its result with the key of the run, and bears a callback that nobody answers', async () => {
  const sandbox = await startSandbox();
  await start(sandbox.url, 'echo', sandbox.accounts.n8n.signingKey);
  await expect.poll(() => sandbox.state.n8n.results.get(runId)?.status).toBe(0);
  const posted = sandbox.state.n8n.results.get(runId);
  const rawBody = String(posted?.rawBody);
  expect(JSON.parse(rawBody)).toEqual({ runId, status: 'succeeded', output: { name: 'Ada' } });
  const nowMs = Number(posted?.headers['webhook-timestamp']) * 1000;
  expect(posted?.headers).toMatchObject(
    signStandardWebhook({ id: runId, rawBody, key: callback.key, nowMs }),
  );
});
