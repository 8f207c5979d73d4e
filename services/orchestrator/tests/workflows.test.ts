import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import * as contract from '@maxai/contracts/http/orchestrator';
import { signStandardWebhook } from '@maxai/sandbox/signing';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCallbackEntry } from './support/callback-entry.ts';
import { activateFlow, executionThat, sms, theExecution } from './support/flows.ts';
import { startPlatform, until, type Platform, type Tenant } from './support/platform.ts';
import { spawnWorker } from './support/spawn-worker.ts';

let platform: Platform;
let entry: Awaited<ReturnType<typeof startCallbackEntry>>;
beforeAll(async () => {
  platform = await startPlatform();
  entry = await startCallbackEntry(platform);
});
afterAll(async () => {
  entry.close();
  await platform.close();
});

const trigger = { event: 'call.ended' as const };
type Step = FlowDocument['steps'][number];

function run(workflow: string, more: object = {}, extra: Partial<Step> = {}): Step {
  return { key: 'score', action: 'workflow.run', input: { workflow, ...more }, ...extra };
}

const startWorker = () => platform.startWorker({ publicUrl: entry.url }, { random: () => 0.5 });

/** A tenant with n8n and a flow, whose trigger happens. */
async function begin(...steps: Step[]): Promise<Tenant & { readonly connectionId: string }> {
  const tenant = platform.mintTenant();
  const connectionId = platform.connect(tenant, 'n8n');
  await activateFlow(platform, tenant, trigger, steps);
  await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
  return { ...tenant, connectionId };
}

/** What n8n was sent for a tenant's runs. */
function runsOf({ connectionId }: { readonly connectionId: string }) {
  return platform.sandbox.state.n8n.runs
    .values()
    .filter((sent) => JSON.stringify(sent['callback']).includes(connectionId));
}

/** Waits until the tenant's run is started, and gives what a workflow needs to answer. */
async function started(tenant: { readonly connectionId: string }, nth = 0) {
  const sent = await until(() => runsOf(tenant)[nth]);
  const callback = sent['callback'] as { url: string; key: string };
  return { runId: String(sent['runId']), ...callback };
}

async function post(
  { runId, url, key }: Awaited<ReturnType<typeof started>>,
  result: object,
  id = runId,
): Promise<number> {
  const rawBody = JSON.stringify({ runId, ...result });
  const headers = signStandardWebhook({ id, rawBody, key, nowMs: Date.now() });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: rawBody,
  });
  return answer.status;
}

describe('a workflow at n8n', () => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  beforeAll(async () => {
    worker = await startWorker();
  });
  afterAll(() => worker.close());

  test('gets a run, a deadline, a callback and the input, and its result goes on in the flow [R150]', async () => {
    const tenant = platform.mintTenant();
    const connectionId = platform.connect(tenant, 'n8n');
    platform.connect(tenant, 'twilio');
    const phone = '+15550007401';
    await activateFlow(platform, tenant, trigger, [
      run('echo', { input: { to: phone, call: '=event.externalId' }, deadlineMs: 60_000 }),
      sms('=steps.score.output.to'),
    ]);
    await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
    const done = await executionThat(platform, tenant);
    expect(done).toMatchObject({
      status: 'succeeded',
      steps: [{ attempts: 1, output: { to: phone } }, {}],
    });
    const [effect] = done.effects;
    const [sent] = runsOf({ connectionId });
    expect(sent).toEqual({
      runId: effect?.externalId,
      deadline: expect.any(String),
      callback: { url: `${entry.url}/webhooks/n8n/${connectionId}`, key: expect.any(String) },
      input: { to: phone, call: expect.any(String) },
    });
    const waitedMs = Date.parse(String(sent?.['deadline'])) - Date.parse(String(effect?.createdAt));
    expect(waitedMs).toBe(60_000);
    const { accounts } = platform.sandbox;
    const secrets = [accounts.twilio.authToken, accounts.n8n.signingKey, platform.webhookSecret];
    const requests = JSON.stringify(platform.sandbox.state.n8n.runs.values());
    expect(secrets.filter((secret) => requests.includes(secret))).toEqual([]);
    const texts = platform.sandbox.state.twilio.messages.values().filter(({ to }) => to === phone);
    expect(texts).toHaveLength(1);
  });

  test.each([
    ['refuse', 'n8n: the workflow failed: the workflow refuses'],
    ['garble', 'n8n: the result does not fit the contract: result/output must be object'],
  ])('that says %s fails the step with that reason [R150]', async (workflow, reason) => {
    const tenant = await begin(run(workflow));
    const failed = await executionThat(platform, tenant);
    expect(failed).toMatchObject({ status: 'failed', steps: [{ attempts: 1 }] });
    expect(failed.failure?.reason).toContain(reason);
    expect(failed.effects).toMatchObject([{ status: 'failed' }]);
  });

  test('that is not published, or whose input is wrong, is not tried again', async () => {
    const unpublished = await executionThat(platform, await begin(run('draft')));
    expect(unpublished).toMatchObject({ status: 'failed', steps: [{ attempts: 1 }] });
    expect(unpublished.failure?.reason).toContain('"POST draft" is not registered');
    const wrong = await executionThat(platform, await begin(run('../rest/workflows')));
    expect(wrong.failure?.reason).toContain('input/workflow must match pattern');
  });

  test('that misses its deadline fails; a retry is another run, which the late result is not taken for [R150]', async () => {
    const tenant = await begin(run('silent', { deadlineMs: 1000 }));
    const first = await started(tenant);
    const failed = await executionThat(platform, tenant);
    expect(failed.failure).toEqual({ step: 'score', reason: 'n8n: no result by the deadline' });
    expect(await post(first, { status: 'succeeded', output: { late: true } })).toBe(200);
    await platform.api.call(contract.retryExecution, {
      identity: tenant.operator,
      params: { executionId: failed.id },
    });
    const second = await started(tenant, 1);
    expect(second.runId).not.toBe(first.runId);
    expect(second.key).not.toBe(first.key);
    expect(await post(first, { status: 'succeeded', output: { late: true } })).toBe(200);
    expect(await post(second, { status: 'succeeded', output: { late: false } })).toBe(200);
    const done = await executionThat(platform, tenant, ['succeeded']);
    expect(done).toMatchObject({ id: failed.id, steps: [{ output: { late: false } }] });
  });

  test('answers once: a second result of the run changes nothing [R150]', async () => {
    const tenant = await begin(
      run('silent', { deadlineMs: 60_000 }),
      run('silent', { deadlineMs: 60_000 }, { key: 'after' }),
    );
    const first = await started(tenant);
    await post(first, { status: 'succeeded', output: { answer: 1 } });
    const second = await started(tenant, 1);
    await post(first, { status: 'failed', error: 'again' });
    await post(second, { status: 'succeeded', output: { answer: 2 } });
    const done = await executionThat(platform, tenant);
    expect(done.status).toBe('succeeded');
    expect(done.steps).toMatchObject([{ output: { answer: 1 } }, { output: { answer: 2 } }]);
  });

  test('signs for its own run and connection only [R150]', async () => {
    const [mine, other] = [await begin(run('silent')), await begin(run('silent'))];
    const [own, foreign] = [await started(mine), await started(other)];
    const result = { status: 'succeeded', output: {} };
    // Another run's id with one's own key, under either run's name, and one's own run at another tenant's address.
    expect(await post({ ...own, runId: foreign.runId }, result, own.runId)).toBe(401);
    expect(await post({ ...foreign, key: own.key }, result)).toBe(401);
    expect(await post({ ...own, url: foreign.url }, result)).toBe(200);
    expect(await theExecution(platform, mine)).toMatchObject({ status: 'running' });
    expect(await theExecution(platform, other)).toMatchObject({ status: 'running' });
    expect(await post(own, result)).toBe(200);
    await executionThat(platform, mine, ['succeeded']);
    expect(await theExecution(platform, other)).toMatchObject({ status: 'running' });
  });

  test('names its run: a result of none is an event that nobody waits for', async () => {
    const tenant = platform.mintTenant();
    const stored = platform.store(tenant, 'retell.call_ended');
    const payload = { runId: 'x', status: 'succeeded', output: {} };
    const result = { ...stored, provider: 'n8n', type: 'result', payload } as const;
    platform.neighbours.deliveries.set(stored.id, result);
    await platform.enqueue(result);
    await until(() => platform.neighbours.settled.has(stored.id));
    const { operator: identity } = tenant;
    const { items } = await platform.api.call(contract.listEvents, { identity });
    expect(items).toMatchObject([{ externalId: 'x', webhookEventId: stored.id }]);
  });

  test('whose start is not answered is waited for, never started again', async () => {
    const tenant = await begin(run('echo-fault-drop', { input: { a: 1 }, deadlineMs: 60_000 }));
    const done = await executionThat(platform, tenant);
    expect(done).toMatchObject({ status: 'succeeded', steps: [{ output: { a: 1 } }] });
    expect(runsOf(tenant)).toHaveLength(1);
  });

  test('that may not have started says so at the deadline, and a busy one is tried again', async () => {
    const tenant = await begin(run('echo-fault-500', { deadlineMs: 1000 }));
    const failed = await executionThat(platform, tenant);
    expect(failed.failure?.reason).toContain('it may not have started: n8n: HTTP 500');
    expect(runsOf(tenant)).toEqual([]);
    const retry = { attemptsMax: 2, backoffMs: 100 };
    const busy = await begin(run('echo-fault-429-1', {}, { retry }));
    expect(await executionThat(platform, busy)).toMatchObject({
      status: 'succeeded',
      steps: [{ attempts: 2 }],
    });
    expect(runsOf(busy)).toHaveLength(1);
  });

  test('is of no use once its execution is cancelled, and starts no flow by itself', async () => {
    const tenant = await begin(run('silent'));
    await activateFlow(platform, tenant, { event: 'other' }, [run('silent')]);
    const asked = await started(tenant);
    const { id = '' } = (await theExecution(platform, tenant)) ?? {};
    const { operator: identity } = tenant;
    await platform.api.call(contract.cancelExecution, { identity, params: { executionId: id } });
    await executionThat(platform, tenant, ['cancelled']);
    expect(await post(asked, { status: 'succeeded', output: {} })).toBe(200);
    await until(async () => {
      const { items } = await platform.api.call(contract.listEvents, {
        identity,
        query: { externalId: asked.runId },
      });
      return items.length > 0;
    });
    expect(await theExecution(platform, tenant)).toMatchObject({ status: 'cancelled' });
  });

  test('is not waited for when its execution was cancelled while it was being started', async () => {
    const tenant = await begin(
      run('silent-fault-timeout', { deadlineMs: 600_000 }, { timeoutMs: 1500 }),
    );
    const { id } = await until(async () => {
      const found = await theExecution(platform, tenant);
      return found?.effects[0]?.status === 'attempting' ? found : undefined;
    });
    const { operator: identity } = tenant;
    const params = { executionId: id };
    const asked = await platform.api.call(contract.cancelExecution, { identity, params });
    expect(asked.status).toBe('running');
    const cancelled = await executionThat(platform, tenant);
    expect(cancelled).toMatchObject({ status: 'cancelled', finishedAt: expect.any(String) });
  });
});

test('a worker killed while a workflow runs is replaced, and the result is taken without a second run [R150]', async () => {
  const child = spawnWorker({ ...platform.workerConfig, publicUrl: entry.url });
  onTestFinished(() => void child.kill('SIGKILL'));
  const tenant = await begin(run('silent', { input: { a: 1 }, deadlineMs: 60_000 }));
  const asked = await started(tenant);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await startWorker();
  expect(await post(asked, { status: 'succeeded', output: { kept: true } })).toBe(200);
  const done = await executionThat(platform, tenant);
  expect(done).toMatchObject({ status: 'succeeded', steps: [{ output: { kept: true } }] });
  expect(runsOf(tenant)).toHaveLength(1);
});
