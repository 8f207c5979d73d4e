import * as contract from '@maxai/contracts/http/orchestrator';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { activateFlow, executionThat, sms, theExecution } from './support/flows.ts';
import { startPlatform, until, type Platform, type Tenant } from './support/platform.ts';
import { spawnWorker } from './support/spawn-worker.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const trigger = { event: 'call.ended' as const };

function sentTo(phone: string) {
  return [...platform.sandbox.state.twilio.messages.values()].filter(({ to }) => to === phone);
}

async function callEnds(tenant: Tenant) {
  await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
}

/** Stands in front of a provider: passes requests on, and keeps the answers to POSTs to itself while `holding`. */
async function startHoldingProxy(target: string) {
  const passed: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    const upstream = httpRequest(target + url, { method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => passed.push(`${method} ${url}`));
    });
    incoming.pipe(upstream);
    outgoing.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a worker killed between sending a message and recording it', () => {
  test('is replaced within 5 s, and the message is found instead of sent again', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550007777';
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 2000 })]);
    const proxy = await startHoldingProxy(platform.sandbox.url);
    onTestFinished(() => proxy.close());
    const child = spawnWorker({
      ...platform.workerConfig,
      twilioBaseUrl: `${proxy.url}/twilio`,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await callEnds(tenant);
    await until(() => proxy.passed.length > 0);
    const worker = await platform.startWorker();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedAt = performance.now();
    const cutOff = await theExecution(platform, tenant);
    expect(cutOff).toMatchObject({ status: 'running', effects: [{ status: 'attempting' }] });
    await until(async () => {
      const { rows } = await platform.owner.query('select from execution where run > 1');
      return rows.length > 0;
    });
    expect(performance.now() - killedAt).toBeLessThan(5000);
    const done = await executionThat(platform, tenant, ['succeeded']);
    expect(sentTo(phone).map(({ sid }) => sid)).toEqual([done.effects[0]?.externalId]);
    expect(done.steps).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
    await worker.close();
  });
});

describe('a provider', () => {
  let worker: Awaited<ReturnType<Platform['startWorker']>>;
  let jobs: ReturnType<Platform['collectJobs']>;
  beforeAll(async () => {
    jobs = platform.collectJobs();
    worker = await platform.startWorker({}, { random: () => 0.5 });
  });
  afterAll(() => worker.close());

  test('that sends the message but breaks the connection is asked, and the message metered once', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550905101';
    const retry = { attemptsMax: 3, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 500, retry })]);
    await callEnds(tenant);
    const done = await executionThat(platform, tenant);
    expect(done).toMatchObject({ status: 'succeeded', steps: [{ attempts: 1 }] });
    expect(sentTo(phone).map(({ sid }) => sid)).toEqual([done.effects[0]?.externalId]);
    const segments = () =>
      jobs.usage.filter(({ effectId }) => effectId === done.effects[0]?.id).length;
    await until(() => segments() === 1);
  });

  test('that breaks two equal messages at once is asked for each, and neither is lost or doubled', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550905202';
    const retry = { attemptsMax: 3, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 500, retry })]);
    await platform.enqueue(
      platform.store(tenant, 'retell.call_ended'),
      platform.store(tenant, 'retell.call_ended'),
    );
    const { operator: identity } = tenant;
    const effects = await until(async () => {
      const { items } = await platform.api.call(contract.listEffects, { identity });
      return items.filter(({ status }) => status === 'done').length === 2 ? items : undefined;
    });
    const claimed = effects.map(({ externalId }) => externalId);
    expect(new Set(claimed)).toEqual(new Set(sentTo(phone).map(({ sid }) => sid)));
    expect(sentTo(phone)).toHaveLength(2);
  });

  test('that never got the message is asked, and then it is sent once', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550901101';
    const retry = { attemptsMax: 2, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 300, retry })]);
    await callEnds(tenant);
    const done = await executionThat(platform, tenant);
    expect(done).toMatchObject({ status: 'succeeded', steps: [{ attempts: 2 }] });
    expect(sentTo(phone)).toHaveLength(1);
  });

  test('that never answers is given up after its attempts; a replay sends once', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550901202';
    const retry = { attemptsMax: 2, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 200, retry })]);
    await callEnds(tenant);
    const failed = await executionThat(platform, tenant);
    expect(failed).toMatchObject({
      status: 'failed',
      failure: { step: 'tell', reason: expect.stringContaining('no answer in time') },
    });
    const { operator: identity } = tenant;
    const { items } = await platform.api.call(contract.listDeadLetters, { identity });
    expect(items).toMatchObject([
      { subjectId: failed.id, reason: expect.stringContaining('tell: ') },
    ]);
    await platform.api.call(contract.replayDeadLetter, {
      identity,
      params: { deadLetterId: items[0]?.id ?? '' },
    });
    await executionThat(platform, tenant, ['succeeded']);
    expect(sentTo(phone)).toHaveLength(1);
    expect((await platform.auditOf(tenant.tenantId)).at(-1)).toEqual({
      action: 'replay-dead-letter',
      resource: items[0]?.id,
    });
  });

  test('that answers 429 is left alone for as long as it asked', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550903101';
    const retry = { attemptsMax: 2, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { retry })]);
    await callEnds(tenant);
    const done = await executionThat(platform, tenant);
    expect(done).toMatchObject({ status: 'succeeded', steps: [{ attempts: 2 }] });
    const [effect] = done.effects;
    const [message] = sentTo(phone);
    const waitedMs = (message?.createdAt.getTime() ?? 0) - Date.parse(effect?.createdAt ?? '');
    expect(waitedMs).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    ['500', 'HTTP 500'],
    ['429', 'HTTP 429'],
    ['garbage', 'could not be read'],
    ['timeout', 'no answer in time'],
  ])('that answers %s every time is dead-lettered with that reason', async (fault, reason) => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'openrouter');
    await activateFlow(platform, tenant, trigger, [
      {
        key: 'ask',
        action: 'llm.complete',
        input: { model: `fault-${fault}`, prompt: 'x' },
        timeoutMs: 500,
        retry: { attemptsMax: 2, backoffMs: 100 },
      },
    ]);
    await callEnds(tenant);
    const failed = await executionThat(platform, tenant);
    expect(failed).toMatchObject({ status: 'failed', steps: [{ status: 'failed', attempts: 2 }] });
    const { items } = await platform.api.call(contract.listDeadLetters, {
      identity: tenant.operator,
    });
    expect(items[0]?.reason).toContain(reason);
  });

  test('that cannot be asked whether it sent is not sent to again', async () => {
    const tenant = platform.mintTenant();
    const connectionId = platform.connect(tenant, 'twilio');
    const phone = '+15550905303';
    const retry = { attemptsMax: 1, backoffMs: 100 };
    await activateFlow(platform, tenant, trigger, [sms(phone, { timeoutMs: 1500, retry })]);
    await callEnds(tenant);
    await until(() => sentTo(phone).length > 0);
    // The credentials are revoked before the question; another worker has not seen the old ones.
    const index = platform.neighbours.connections.findIndex(({ id }) => id === connectionId);
    const [known] = platform.neighbours.connections.splice(index, 1);
    if (known) platform.neighbours.connections.push({ ...known, credentials: { authToken: 'x' } });
    await worker.close();
    worker = await platform.startWorker({}, { random: () => 0.5 });
    const failed = await executionThat(platform, tenant, ['failed']);
    expect(failed.failure?.reason).toContain('not known whether it happened');
    expect(failed.effects).toMatchObject([{ status: 'attempting' }]);
    expect(sentTo(phone)).toHaveLength(1);
  });
});

describe('an execution', () => {
  test('that is run again keeps what was skipped, failed and done before', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    platform.connect(tenant, 'openrouter');
    const phone = '+15550007171';
    const llm = { action: 'llm.complete' as const, retry: { attemptsMax: 2, backoffMs: 100 } };
    await activateFlow(platform, tenant, trigger, [
      sms(phone, { key: 'never', when: 'false' }),
      sms('nobody', { key: 'wrong', onError: 'continue' }),
      sms(phone, { key: 'tell' }),
      {
        ...llm,
        key: 'ask',
        input: {
          model: 'openai/gpt-4.1-mini:fault-500-1',
          prompt:
            '=$exists(steps.never.output) or $exists(steps.wrong) ? "" : steps.tell.output.messageId',
        },
      },
    ]);
    const worker = await platform.startWorker();
    await callEnds(tenant);
    const done = await executionThat(platform, tenant);
    expect(done.status).toBe('succeeded');
    expect(done.steps.map(({ key, status, attempts }) => `${key} ${status} ${attempts}`)).toEqual([
      'never skipped 0',
      'wrong failed 0',
      'tell succeeded 1',
      'ask succeeded 2',
    ]);
    expect(sentTo(phone)).toHaveLength(1);
    await worker.close();
  });

  test('that is being run is cancelled before its next step', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    platform.connect(tenant, 'openrouter');
    const phone = '+15550008888';
    await activateFlow(platform, tenant, trigger, [
      {
        key: 'ask',
        action: 'llm.complete',
        input: { model: 'fault-timeout', prompt: 'x' },
        onError: 'continue',
        timeoutMs: 1500,
        retry: { attemptsMax: 1, backoffMs: 100 },
      },
      sms(phone),
    ]);
    const worker = await platform.startWorker();
    await callEnds(tenant);
    const { id } = await until(async () => {
      const found = await theExecution(platform, tenant);
      return found?.effects[0]?.status === 'attempting' ? found : undefined;
    });
    const asked = await platform.api.call(contract.cancelExecution, {
      identity: tenant.operator,
      params: { executionId: id },
    });
    expect(asked.status).toBe('running');
    const cancelled = await executionThat(platform, tenant);
    expect(cancelled).toMatchObject({ status: 'cancelled', steps: [{ key: 'ask' }] });
    expect(sentTo(phone)).toEqual([]);
    await worker.close();
  });

  test('whose job was lost with the queue is found by the sweeper', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    const phone = '+15550009999';
    await activateFlow(platform, tenant, trigger, [sms(phone)]);
    await callEnds(tenant);
    const worker = await platform.startWorker({ iamUrl: 'http://127.0.0.1:9' });
    await until(async () => (await theExecution(platform, tenant))?.status === 'running');
    await worker.close();
    await platform.queue.producing.flushdb();
    const next = await platform.startWorker();
    const done = await executionThat(platform, tenant, ['succeeded']);
    expect(done.steps).toMatchObject([{ attempts: 1 }]);
    expect(sentTo(phone)).toHaveLength(1);
    await next.close();
  });
});

describe('an execution whose workers die', () => {
  /** As a worker that died leaves it: held by nobody alive, after so many others that died before. */
  async function leaveBehind(tenant: Tenant, lostRuns: number) {
    await until(async () => {
      const { rowCount } = await platform.owner.query(
        `update execution set status = 'running', lease_owner = 'dead', lease_until = now() - interval '1 second',
          lost_runs = $2 where tenant_id = $1`,
        [tenant.tenantId, lostRuns],
      );
      return rowCount === 1;
    });
  }

  async function started(phone: string): Promise<Tenant> {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    await activateFlow(platform, tenant, trigger, [sms(phone)]);
    await callEnds(tenant);
    const worker = await platform.startWorker({ iamUrl: 'http://127.0.0.1:9' });
    await until(async () => (await theExecution(platform, tenant))?.status === 'running');
    await worker.close();
    return tenant;
  }

  test('is given up when it has outlived ten in a row, and a retry begins afresh', async () => {
    const phone = '+15550008888';
    const tenant = await started(phone);
    await leaveBehind(tenant, 9);
    const worker = await platform.startWorker();
    const execution = await executionThat(platform, tenant, ['failed']);
    expect(execution.failure).toEqual({
      step: 'tell',
      reason: 'its worker died, or lost it, 10 times in a row',
    });
    expect(sentTo(phone)).toEqual([]);
    const { items } = await platform.api.call(contract.listDeadLetters, {
      identity: tenant.operator,
      query: {},
    });
    expect(items).toMatchObject([{ kind: 'execution', subjectId: execution.id }]);
    await platform.api.call(contract.retryExecution, {
      identity: tenant.operator,
      params: { executionId: execution.id },
    });
    await executionThat(platform, tenant, ['succeeded']);
    expect(sentTo(phone)).toHaveLength(1);
    await worker.close();
  });

  test('goes on while it has outlived fewer', async () => {
    const phone = '+15550008889';
    const tenant = await started(phone);
    await leaveBehind(tenant, 8);
    const worker = await platform.startWorker();
    await executionThat(platform, tenant, ['succeeded']);
    expect(sentTo(phone)).toHaveLength(1);
    await worker.close();
  });
});

describe('an outbox that filled up while the queue was away', () => {
  test('gives its oldest jobs without reading the others', async () => {
    // Never committed: the jobs are none that a worker could relay.
    await platform.owner.query('begin');
    onTestFinished(async () => void (await platform.owner.query('rollback')));
    await platform.owner.query(`
      insert into outbox (id, tenant_id, queue, payload, created_at)
      select 'job-' || n, 'ten-backlog', 'usage-aggregation', '{}', now() - n * interval '1 minute'
      from generate_series(1, 5000) as job (n)`);
    const taken = await platform.owner.query<{ id: string }>('select id from take_outbox(3)');
    const work = await platform.owner.query(
      `select seq_scan, idx_tup_fetch from pg_stat_xact_user_tables where relname = 'outbox'`,
    );
    expect(taken.rows.map(({ id }) => id)).toEqual(['job-5000', 'job-4999', 'job-4998']);
    expect(work.rows).toEqual([{ seq_scan: '0', idx_tup_fetch: '3' }]);
  });
});
