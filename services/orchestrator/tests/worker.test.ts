import * as contract from '@maxai/contracts/http/orchestrator';
import { builtInRoles } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activateFlow, executionThat, sms, theExecution } from './support/flows.ts';
import { identityOf, startPlatform, until, type Platform } from './support/platform.ts';

let platform: Platform;
let worker: Awaited<ReturnType<Platform['startWorker']>>;
let jobs: ReturnType<Platform['collectJobs']>;
beforeAll(async () => {
  platform = await startPlatform();
  jobs = platform.collectJobs();
  worker = await platform.startWorker();
});
afterAll(() => platform.close());

const phone = '+15550002222';
const call = { from_number: phone, direction: 'inbound' };

describe('a delivery', () => {
  test('runs an LLM, CRM, calendar and SMS step, and each step reads the ones before [R139,R142]', async () => {
    const tenant = platform.mintTenant();
    for (const provider of ['openrouter', 'highlevel', 'google', 'twilio'] as const) {
      platform.connect(tenant, provider);
    }
    const flowId = await activateFlow(platform, tenant, { event: 'call.ended' }, [
      {
        key: 'ask',
        action: 'llm.complete',
        input: { model: 'openai/gpt-4.1-mini', prompt: '="Thank " & event.subject.phone' },
      },
      {
        key: 'save',
        action: 'crm.upsertContact',
        input: { phone: '=event.subject.phone', name: 'Pat', tags: ['caller'] },
      },
      {
        key: 'book',
        action: 'calendar.book',
        input: {
          start: '2026-12-01T10:00:00Z',
          end: '2026-12-01T10:30:00Z',
          title: '="Call back " & steps.save.output.contactId',
        },
      },
      {
        key: 'never',
        action: 'llm.complete',
        input: { model: 'openai/gpt-4.1-mini', prompt: 'x' },
        when: 'event.data.direction = "outbound"',
      },
      {
        key: 'tell',
        action: 'messaging.send',
        input: { to: '=event.subject.phone', body: '="Booked " & steps.book.output.eventId' },
        when: 'event.data.direction = "inbound"',
      },
    ]);
    const delivery = platform.store(tenant, 'retell.call_ended', call);
    await platform.enqueue(delivery);
    const execution = await executionThat(platform, tenant);
    expect(execution).toMatchObject({
      status: 'succeeded',
      flowId,
      flowName: 'A flow',
      flowVersion: 1,
      eventType: 'call.ended',
      correlationId: delivery.correlationId,
      failure: null,
    });
    expect(execution.steps.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'ask succeeded',
      'save succeeded',
      'book succeeded',
      'never skipped',
      'tell succeeded',
    ]);
    const { operator: identity } = tenant;
    const effects = await platform.api.call(contract.listEffects, { identity });
    expect(effects.items.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'messaging.send done',
      'calendar.book done',
      'crm.upsertContact done',
      'llm.complete done',
    ]);
    const only = await platform.api.call(contract.listEffects, {
      identity,
      query: { action: 'llm.complete' },
    });
    expect(only.items[0]?.cost?.currency).toBe('USD');
    const one = await platform.api.call(contract.getEffect, {
      identity,
      params: { effectId: only.items[0]?.id ?? '' },
    });
    expect(one).toEqual(only.items[0]);
    const message = [...platform.sandbox.state.twilio.messages.values()].find(
      ({ to, body }) => to === phone && body.startsWith('Booked '),
    );
    expect(effects.items[0]?.externalId).toBe(message?.sid);
    await until(() => platform.neighbours.settled.has(delivery.id));
    const mine = await until(() => {
      const found = jobs.usage.filter((job) => job.context.tenantId === tenant.tenantId);
      return found.length === 4 ? found : undefined;
    });
    expect(mine.map((job) => job.meter).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'llm.input_tokens',
      'llm.output_tokens',
      'sms.segments',
      'voice.seconds',
    ]);
    for (const job of mine.filter(({ meter }) => meter !== 'voice.seconds')) {
      expect(job).toMatchObject({
        idempotencyKey: `${job.effectId}.${job.meter}`,
        executionId: execution.id,
        eventId: execution.eventId,
      });
    }
  });

  test('that comes twice changes nothing the second time', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    await activateFlow(platform, tenant, { event: 'call.ended' }, [sms('+15550003333')]);
    const delivery = platform.store(tenant, 'retell.call_ended', call);
    await platform.enqueue(delivery);
    const { id } = await executionThat(platform, tenant);
    platform.neighbours.settled.clear();
    await platform.enqueue(delivery);
    await until(() => platform.neighbours.settled.has(delivery.id));
    const { operator: identity } = tenant;
    const events = await platform.api.call(contract.listEvents, { identity });
    expect(events.items).toHaveLength(1);
    const event = await platform.api.call(contract.getEvent, {
      identity,
      params: { eventId: events.items[0]?.id ?? '' },
    });
    expect(event.executions.map((execution) => execution.id)).toEqual([id]);
    const sent = [...platform.sandbox.state.twilio.messages.values()];
    expect(sent.filter(({ to }) => to === '+15550003333')).toHaveLength(1);
    const voice = () => jobs.usage.filter((job) => job.context.tenantId === tenant.tenantId);
    await until(() => voice().length === 2);
  });

  test('starts only active flows of its client whose filter holds', async () => {
    const tenant = platform.mintTenant();
    const trigger = { event: 'message.received' as const };
    const other = newId('client');
    platform.neighbours.clients.set(other, tenant.tenantId);
    await activateFlow(platform, tenant, trigger, [sms(phone)], other);
    await activateFlow(platform, tenant, { ...trigger, filter: 'event.data.body = "no"' }, [
      sms(phone),
    ]);
    await activateFlow(platform, tenant, { event: 'call.started' }, [sms(phone)]);
    const broken = await activateFlow(
      platform,
      tenant,
      { ...trigger, filter: '$sum(event.type) > 1' },
      [sms(phone)],
      tenant.clientId,
    );
    await platform.enqueue(platform.store(tenant, 'twilio.inbound', { From: phone, Body: 'Hi' }));
    const execution = await executionThat(platform, tenant);
    expect(execution).toMatchObject({
      flowId: broken,
      status: 'failed',
      failure: { step: 'trigger', reason: expect.stringContaining('$sum(event.type)') },
    });
    const { operator: identity } = tenant;
    const { items } = await platform.api.call(contract.listExecutions, {
      identity,
      query: { status: 'failed', flowId: broken },
    });
    expect(items).toHaveLength(1);
  });

  test('of an invoice goes to payments with its event', async () => {
    const tenant = platform.mintTenant();
    const delivery = platform.store({ ...tenant, clientId: null }, 'stripe.invoice.paid');
    await platform.enqueue(delivery);
    const job = await until(() =>
      jobs.payments.find(({ context }) => context.tenantId === tenant.tenantId),
    );
    expect(job).toMatchObject({
      context: { correlationId: delivery.correlationId, clientId: null },
      event: { type: 'invoice.paid', webhookEventId: delivery.id },
    });
    const { items } = await platform.api.call(contract.listEvents, {
      identity: tenant.operator,
      query: {
        type: 'invoice.paid',
        webhookEventId: delivery.id,
        externalId: job.event.externalId,
      },
    });
    expect(items.map(({ id }) => id)).toEqual([job.event.id]);
  });

  test('is taken over with those that arrived with it, of whatever tenant; one that fails holds up none', async () => {
    const [harbor, stranger] = [platform.mintTenant(), platform.mintTenant()];
    await activateFlow(platform, harbor, { event: 'call.ended' }, [
      { ...sms(phone), when: 'false' },
    ]);
    const first = platform.store(harbor, 'retell.call_ended', call);
    const second = platform.store(harbor, 'retell.call_ended');
    const foreign = platform.store(stranger, 'retell.call_ended');
    const refused = platform.store(stranger, 'retell.call_ended');
    // No text in Postgres holds this character.
    platform.neighbours.deliveries.set(refused.id, { ...refused, correlationId: 'cor_\0' });
    await platform.enqueueTogether(first, refused, second, foreign);
    for (const { id } of [first, second, foreign]) {
      await until(() => platform.neighbours.settled.has(id));
    }
    await until(
      async () => !(await platform.queue.producing.exists(`bull:webhook-processing:${first.id}`)),
    );
    expect(platform.neighbours.settled.has(refused.id)).toBe(false);
    const eventsOf = async ({ operator: identity }: typeof harbor) =>
      (await platform.api.call(contract.listEvents, { identity })).items.map(
        ({ webhookEventId }) => webhookEventId,
      );
    expect(new Set(await eventsOf(harbor))).toEqual(new Set([first.id, second.id]));
    expect(await eventsOf(stranger)).toEqual([foreign.id]);
    // The sweeper queues what has waited for five seconds, and says when it did.
    const { rows } = await platform.owner.query(
      `select count(*)::int as begun, max(enqueued_at - created_at) < interval '5 s' as "atOnce"
       from execution where tenant_id = $1`,
      [harbor.tenantId],
    );
    expect(rows).toEqual([{ begun: 2, atOnce: true }]);
  });

  test('that cannot be read becomes a dead letter, is settled, and can be replayed', async () => {
    const tenant = platform.mintTenant();
    const good = platform.store(tenant, 'retell.call_ended', call);
    const poison = platform.store(tenant, 'retell.call_ended', { end_timestamp: 1e30 });
    await platform.enqueue(good, poison);
    const { operator: identity } = tenant;
    const letter = await until(async () => {
      const { items } = await platform.api.call(contract.listDeadLetters, { identity });
      return items[0];
    });
    expect(letter).toMatchObject({
      kind: 'delivery',
      subjectId: poison.id,
      reason: expect.stringContaining('retell payload cannot be read'),
      replayedAt: null,
    });
    await until(() => platform.neighbours.settled.has(poison.id));
    await until(() => platform.neighbours.settled.has(good.id));
    platform.neighbours.deliveries.set(poison.id, { ...poison, payload: good.payload });
    const params = { deadLetterId: letter.id };
    const viewer = identityOf(tenant.tenantId, builtInRoles.viewer);
    await expect(
      platform.api.call(contract.replayDeadLetter, { identity: viewer, params }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = platform.mintTenant().operator;
    await expect(
      platform.api.call(contract.replayDeadLetter, { identity: stranger, params }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const replayed = await platform.api.call(contract.replayDeadLetter, { identity, params });
    expect(replayed.replayedAt).not.toBeNull();
    await until(async () => {
      const { items } = await platform.api.call(contract.listEvents, { identity });
      return items.some(({ webhookEventId }) => webhookEventId === poison.id);
    });
    await expect(
      platform.api.call(contract.replayDeadLetter, { identity, params }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(await platform.auditOf(tenant.tenantId)).toEqual([
      { action: 'replay-dead-letter', resource: letter.id },
    ]);
  });
});

describe('an execution', () => {
  test('without a connection for a step fails with what to connect, and goes on after a retry', async () => {
    const tenant = platform.mintTenant();
    await activateFlow(platform, tenant, { event: 'call.ended' }, [sms('+15550004444')]);
    await platform.enqueue(
      platform.store({ ...tenant, clientId: null }, 'retell.call_ended', call),
    );
    const failed = await executionThat(platform, tenant);
    expect(failed.failure).toEqual({
      step: 'tell',
      reason: expect.stringContaining('needs a twilio connection'),
    });
    const { operator: identity } = tenant;
    const { items } = await platform.api.call(contract.listDeadLetters, { identity });
    expect(items).toMatchObject([{ kind: 'execution', subjectId: failed.id }]);
    const params = { executionId: failed.id };
    const viewer = identityOf(tenant.tenantId, builtInRoles.viewer);
    const stranger = platform.mintTenant().operator;
    for (const operation of [contract.retryExecution, contract.cancelExecution]) {
      await expect(
        platform.api.call(operation, { identity: viewer, params }),
      ).rejects.toMatchObject({ code: 'forbidden' });
      await expect(
        platform.api.call(operation, { identity: stranger, params }),
      ).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(
      platform.api.call(contract.cancelExecution, { identity, params }),
    ).rejects.toMatchObject({ code: 'conflict' });
    // Asked for by another worker: the first remembers for half a minute that there was none.
    await worker.close();
    platform.connect({ ...tenant, clientId: null }, 'twilio');
    const retried = await platform.api.call(contract.retryExecution, { identity, params });
    expect(retried).toMatchObject({ status: 'queued', failure: null });
    worker = await platform.startWorker();
    expect(await executionThat(platform, tenant, ['succeeded'])).toMatchObject({ id: failed.id });
    const letters = await platform.api.call(contract.listDeadLetters, { identity });
    expect(letters.items[0]?.replayedAt).not.toBeNull();
    await expect(
      platform.api.call(contract.retryExecution, { identity, params }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect((await platform.auditOf(tenant.tenantId)).at(-1)).toEqual({
      action: 'retry-execution',
      resource: failed.id,
    });
  });

  test('goes through the agency’s first connection, however many came after it', async () => {
    const tenant = platform.mintTenant();
    const agency = { ...tenant, clientId: null };
    platform.connect(agency, 'twilio');
    for (let nth = 0; nth < 201; nth += 1) {
      platform.connect(agency, 'n8n');
      platform.connect(tenant, 'n8n');
    }
    await activateFlow(platform, tenant, { event: 'call.ended' }, [sms('+15550006666')]);
    await platform.enqueue(platform.store(agency, 'retell.call_ended', call));
    expect(await executionThat(platform, tenant)).toMatchObject({
      status: 'succeeded',
      failure: null,
    });
  });

  test('goes on past a step that may fail, and fails at one whose input is wrong', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    await activateFlow(platform, tenant, { event: 'call.ended' }, [
      sms('not a number', { key: 'first', onError: 'continue' }),
      sms('+15550005555', { key: 'second' }),
      sms(phone, { key: 'third', when: '$sum(event.type) = 1' }),
    ]);
    await platform.enqueue(platform.store(tenant, 'retell.call_ended', call));
    const { steps, failure } = await executionThat(platform, tenant);
    expect(steps.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'first failed',
      'second succeeded',
      'third failed',
    ]);
    expect(steps[0]?.error).toContain('input/to');
    expect(failure?.step).toBe('third');

    // Steps of one millisecond have ids in any order.
    await platform.owner.query(
      `update step_run set id = 'step_' || case key when 'first' then '2' else '1' end || right(id, 25)
       where tenant_id = $1`,
      [tenant.tenantId],
    );
    const again = await executionThat(platform, tenant);
    expect(again.steps.map(({ key }) => key)).toEqual(['first', 'second', 'third']);
  });

  test('is missing for another tenant, and so are its event and effects', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'twilio');
    await activateFlow(platform, tenant, { event: 'call.ended' }, [sms('+15550006666')]);
    await platform.enqueue(platform.store(tenant, 'retell.call_ended', call));
    const execution = await executionThat(platform, tenant);
    const params = {
      executionId: execution.id,
      eventId: execution.eventId,
      effectId: execution.effects[0]?.id ?? '',
    };
    const elsewhere = { kind: 'client', clientId: newId('client') } as const;
    const neighbour = identityOf(tenant.tenantId, builtInRoles.operator, elsewhere);
    for (const identity of [platform.mintTenant().operator, neighbour]) {
      const { executionId, eventId, effectId } = params;
      const missing = { code: 'not_found' };
      await expect(
        platform.api.call(contract.getExecution, { identity, params: { executionId } }),
      ).rejects.toMatchObject(missing);
      await expect(
        platform.api.call(contract.getEvent, { identity, params: { eventId } }),
      ).rejects.toMatchObject(missing);
      await expect(
        platform.api.call(contract.getEffect, { identity, params: { effectId } }),
      ).rejects.toMatchObject(missing);
      for (const list of [contract.listEvents, contract.listExecutions, contract.listEffects]) {
        expect((await platform.api.call(list, { identity })).items).toEqual([]);
      }
    }
  });

  test('that waits for its retry is cancelled at once', async () => {
    const tenant = platform.mintTenant();
    platform.connect(tenant, 'openrouter');
    await activateFlow(platform, tenant, { event: 'call.ended' }, [
      {
        key: 'ask',
        action: 'llm.complete',
        input: { model: 'fault-500', prompt: 'x' },
        retry: { attemptsMax: 5, backoffMs: 60_000 },
      },
    ]);
    await platform.enqueue(platform.store(tenant, 'retell.call_ended', call));
    const waiting = await until(async () => {
      const found = await theExecution(platform, tenant);
      return found?.steps[0]?.error ? found : undefined;
    });
    const { operator: identity } = tenant;
    const params = { executionId: waiting.id };
    await until(async () => {
      const { status } = await platform.api.call(contract.cancelExecution, { identity, params });
      return status === 'cancelled';
    });
    expect(await platform.auditOf(tenant.tenantId)).toContainEqual({
      action: 'cancel-execution',
      resource: waiting.id,
    });
  });
});

test('the worker is healthy on its database, queue and cache', async () => {
  const response = await fetch(`${worker.url}/health`);
  expect(await response.json()).toMatchObject({ status: 'ok', service: 'orchestrator-worker' });
  worker.beginDrain();
  expect((await fetch(`${worker.url}/health`)).status).toBe(503);
});
