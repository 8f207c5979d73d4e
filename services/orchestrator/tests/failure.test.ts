import * as contract from '@maxai/contracts/http/orchestrator';
import { flowExecution, webhookProcessing } from '@maxai/contracts/jobs/queues';
import { newId } from '@maxai/kernel/ids';
import { createProducer } from '@maxai/runtime/queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkerContext } from '../src/context.ts';
import { finishEffect, startEffect } from '../src/effect/effect-store.ts';
import { settleEffect } from '../src/effect/settle-effect.ts';
import { activateFlow, executionThat, sms, theExecution } from './support/flows.ts';
import { logger, startPlatform, until, type Platform } from './support/platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const trigger = { event: 'call.ended' as const };

describe('the last attempt of a job', () => {
  test('leaves a delivery that could not be fetched as a dead letter with the reason', async () => {
    const tenant = platform.mintTenant();
    const worker = await platform.startWorker();
    platform.neighbours.faults.ingress = true;
    const { id, ...delivery } = platform.store(tenant, 'retell.call_ended');
    const once = createProducer(platform.queue, { ...webhookProcessing, attemptsMax: 1 });
    const { tenantId, clientId, correlationId, traceparent } = delivery;
    const context = { tenantId, clientId, correlationId, traceparent };
    await once.add([{ id, payload: { context, webhookEventId: id } }]);
    const letter = await until(async () => {
      const { operator: identity } = tenant;
      const { items } = await platform.api.call(contract.listDeadLetters, { identity });
      return items[0];
    });
    expect(letter).toMatchObject({
      kind: 'delivery',
      subjectId: id,
      reason: expect.stringContaining('Something went wrong'),
    });
    platform.neighbours.faults.ingress = false;
    await until(() => platform.neighbours.settled.has(id));
    await worker.close();
    await once.close();
  });

  test('ends an execution that could not be run, and it can be retried', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    await activateFlow(platform, tenant, trigger, [sms('+15550001212')]);
    const worker = await platform.startWorker();
    platform.neighbours.faults.iam = true;
    await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
    const running = await until(async () => {
      const found = await theExecution(platform, tenant);
      return found?.status === 'running' ? found : undefined;
    });
    const { producing: redis } = platform.queue;
    await until(async () => (await redis.zrem('bull:flow-execution:delayed', running.id)) === 1);
    await redis.del(`bull:flow-execution:${running.id}`);
    const once = createProducer(platform.queue, { ...flowExecution, attemptsMax: 1 });
    const { correlationId, clientId } = running;
    const context = { tenantId: tenant.tenantId, clientId, correlationId, traceparent: '' };
    await once.add([{ id: newId('execution'), payload: { context, executionId: running.id } }]);
    const failed = await executionThat(platform, tenant);
    expect(failed.failure).toEqual({
      step: '*',
      reason: expect.stringContaining('Something went wrong'),
    });
    platform.neighbours.faults.iam = false;
    await platform.api.call(contract.retryExecution, {
      identity: tenant.operator,
      params: { executionId: failed.id },
    });
    await executionThat(platform, tenant, ['succeeded']);
    await worker.close();
    await once.close();
  });
});

test('a worker that lost its lease writes nothing more, and the execution goes on elsewhere', async () => {
  const tenant = platform.mintTenant();
  platform.connect(tenant, 'openrouter');
  await activateFlow(platform, tenant, trigger, [
    {
      key: 'ask',
      action: 'llm.complete',
      input: { model: 'openai/gpt-4.1-mini:fault-timeout-1', prompt: 'x' },
      timeoutMs: 1000,
    },
  ]);
  const worker = await platform.startWorker();
  await platform.enqueue(platform.store(tenant, 'retell.call_ended'));
  const { id } = await until(async () => {
    const found = await theExecution(platform, tenant);
    return found?.effects.length === 1 ? found : undefined;
  });
  await platform.owner.query(
    `update execution set lease_owner = 'another', run = run + 1,
       lease_until = clock_timestamp() + interval '2 seconds' where id = $1`,
    [id],
  );
  const done = await executionThat(platform, tenant);
  expect(done).toMatchObject({ status: 'succeeded', steps: [{ attempts: 2, error: null }] });
  await worker.close();
});

describe('an effect whose outcome is unknown', () => {
  const to = '+15550001313';
  const body = 'Equal';

  async function attempting(
    ctx: Awaited<ReturnType<typeof createWorkerContext>>,
    tenant: ReturnType<Platform['mintTenant']>,
    connectionId: string,
    settleInMs: number,
  ) {
    const now = ctx.clock.now();
    return ctx.db.tenant(tenant.tenantId, (tx) =>
      startEffect(tx, {
        id: newId('effect'),
        tenantId: tenant.tenantId,
        clientId: tenant.clientId,
        executionId: newId('execution'),
        stepKey: 'tell',
        action: 'messaging.send',
        provider: 'twilio',
        connectionId,
        fingerprint: connectionId,
        request: { to, body },
        now,
        settleAfter: new Date(now.getTime() + settleInMs),
      }),
    );
  }

  test('is not asked about while its own or an equal call may still arrive, and takes no claimed message', async () => {
    const ctx = await createWorkerContext(platform.workerConfig, { logger });
    const tenant = platform.mintTenant();
    const connectionId = platform.connect(tenant, 'twilio');
    const messaging = (await ctx.connections.open(tenant.tenantId, connectionId))('messaging');

    const early = await attempting(ctx, tenant, connectionId, 60_000);
    expect(await settleEffect(ctx, early, messaging)).toMatchObject({ kind: 'too-early' });

    const late = await attempting(ctx, tenant, connectionId, -1);
    const sent = await messaging.send({ to, body }, { timeoutMs: 5000 });
    const beside = await settleEffect(ctx, late, messaging);
    expect(beside.kind === 'too-early' && beside.waitMs).toBeGreaterThan(50_000);

    const claim = { ...sent, cost: null };
    await ctx.db.tenant(tenant.tenantId, (tx) => finishEffect(tx, early.id, claim));
    expect(await settleEffect(ctx, late, messaging)).toEqual({ kind: 'did-not-happen' });
    await expect(
      ctx.db.tenant(tenant.tenantId, (tx) => finishEffect(tx, late.id, claim)),
    ).rejects.toMatchObject({ code: '23505' });
    await ctx.close();
  });
});

test('a connection makes no more than its provider’s requests in a window, whoever asks', async () => {
  const contexts = await Promise.all(
    [1, 2].map(() => createWorkerContext(platform.workerConfig, {})),
  );
  const limit = { requests: 10, windowMs: 10_000 };
  const waits = await Promise.all(
    contexts.flatMap((ctx) => Array.from({ length: 6 }, () => ctx.takeToken('con_shared', limit))),
  );
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  expect(Math.max(...waits)).toBeGreaterThan(900);
  await Promise.all(contexts.map((ctx) => ctx.close()));
});

test('deliveries that start no flow are taken over by the hundred, in few calls', async () => {
  const tenant = platform.mintTenant();
  const worker = await platform.startWorker();
  const deliveries = Array.from({ length: 1000 }, () =>
    platform.store(tenant, 'retell.call_started'),
  );
  const before = platform.neighbours.calls.fetch;
  await platform.enqueue(...deliveries);
  await until(() => deliveries.every(({ id }) => platform.neighbours.settled.has(id)));
  expect(platform.neighbours.calls.fetch - before).toBeLessThan(200);
  const { rows } = await platform.owner.query('select from event where tenant_id = $1', [
    tenant.tenantId,
  ]);
  expect(rows).toHaveLength(1000);
  await worker.close();
});
