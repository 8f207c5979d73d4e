import * as contract from '@maxai/contracts/http/billing-usage';
import { usageAggregation, type UsageJob } from '@maxai/contracts/jobs/queues';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import { fixedClock } from '@maxai/kernel/clock';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import type { ServiceClient } from '@maxai/runtime/http';
import { createProducer, createQueueConnection } from '@maxai/runtime/queue';
import {
  createTestDatabase,
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  someone,
  testRedis,
  until,
} from '@maxai/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBillingUsage, createBillingUsageWorker } from '../src/index.ts';

let api: ServiceClient;
let owner: pg.Client;
let ownerUrl: string;
let workerUrl: string;
let serviceUrl: string;
let queue: (...jobs: UsageJob[]) => Promise<void>;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await createTestDatabase('usage');
  const { url: queueUrl } = await testRedis();
  const callers = await mintCallers('api-gateway');
  const config = {
    ...processSettingsForTest,
    databaseUrl: database.appUrl,
    databasePoolMax: 4,
    queueUrl,
    identityPublicJwks: callers.publicJwks,
    workerConcurrency: 4,
  };
  const clock = fixedClock(new Date('2026-11-21T12:00:00.000Z'));
  const service = await createBillingUsage(config, { clock, logger: quietLogger });
  const worker = await createBillingUsageWorker(config, { logger: quietLogger });
  const connection = await createQueueConnection({ url: queueUrl });
  const producer = createProducer(connection, usageAggregation);
  queue = (...jobs) => producer.add(jobs.map((payload) => ({ id: newId('correlation'), payload })));
  api = await callers.client('api-gateway', 'billing-usage', service.url);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ({ ownerUrl } = database);
  [serviceUrl, workerUrl] = [service.url, worker.url];
  closers.push(
    () => api.close(),
    () => worker.close(),
    () => service.close(),
    () => producer.close(),
    () => connection.close(),
    () => owner.end(),
    () => database.drop(),
  );
});

afterAll(async () => {
  for (const close of closers) await close();
});

function job(tenantId: string, clientId: string | null, extra: Partial<UsageJob> = {}): UsageJob {
  return {
    context: {
      correlationId: newId('correlation'),
      traceparent: newTraceparent(),
      tenantId,
      clientId,
    },
    idempotencyKey: newId('usageEvent'),
    meter: 'voice.seconds',
    quantity: 16,
    cost: { currency: 'USD', amount: '0.072' },
    provider: 'retell',
    externalId: 'call_1',
    agentExternalId: 'agent_1',
    eventId: newId('event'),
    executionId: null,
    effectId: null,
    occurredAt: '2026-11-20T23:59:59.999Z',
    ...extra,
  };
}

async function counted(tenantId: string, count: number) {
  const identity = someone(tenantId, 'owner');
  return until(async () => {
    const { items } = await api.call(contract.listUsageEvents, { identity });
    return items.length === count ? items : undefined;
  });
}

describe('usage', () => {
  it('is counted once per key, however often the job comes [R140,R142]', async () => {
    const tenantId = mintTenantId();
    const clientId = newId('client');
    const repeated = job(tenantId, clientId);
    await queue(repeated, repeated);
    await queue(
      repeated,
      job(tenantId, clientId, {
        meter: 'sms.segments',
        quantity: 1,
        cost: { currency: 'USD', amount: '0.0083' },
      }),
    );
    const items = await counted(tenantId, 2);
    expect(items.map(({ meter }) => meter).toSorted()).toEqual(['sms.segments', 'voice.seconds']);
    const { items: days } = await api.call(contract.getUsageSummary, {
      identity: someone(tenantId, 'owner'),
      query: {},
    });
    expect(days).toEqual([
      {
        clientId,
        meter: 'sms.segments',
        day: '2026-11-20',
        quantity: 1,
        cost: { currency: 'USD', amount: '0.0083' },
      },
      {
        clientId,
        meter: 'voice.seconds',
        day: '2026-11-20',
        quantity: 16,
        cost: { currency: 'USD', amount: '0.072' },
      },
    ]);
  });

  it('adds up exactly, day by day and over any period', async () => {
    const tenantId = mintTenantId();
    const clientId = newId('client');
    const small = {
      quantity: 3,
      cost: { currency: 'USD', amount: '0.000000333' },
      meter: 'llm.input_tokens' as const,
    };
    await queue(
      job(tenantId, clientId, small),
      job(tenantId, clientId, small),
      job(tenantId, clientId, { ...small, occurredAt: '2026-11-21T00:00:00.000Z' }),
    );
    await counted(tenantId, 3);
    const identity = someone(tenantId, 'owner');
    const { items: days } = await api.call(contract.getUsageSummary, {
      identity,
      query: { clientId },
    });
    expect(days.map(({ day, quantity, cost }) => [day, quantity, cost.amount])).toEqual([
      ['2026-11-21', 3, '0.000000333'],
      ['2026-11-20', 6, '0.000000666'],
    ]);
    const { items: totals } = await api.call(contract.getUsageTotals, {
      identity: serviceIdentity('payments', tenantId),
      query: { clientId, from: '2026-11-01T00:00:00Z', to: '2026-11-21T00:00:00Z' },
    });
    expect(totals).toEqual([
      { meter: 'llm.input_tokens', quantity: 6, cost: { currency: 'USD', amount: '0.000000666' } },
    ]);
  });

  it('is summarised of the last 31 days unless told, and of 92 at most', async () => {
    const tenantId = mintTenantId();
    const occurredAt = '2026-10-21T23:59:59.999Z';
    await queue(job(tenantId, null), job(tenantId, null, { occurredAt }));
    await counted(tenantId, 2);
    const identity = someone(tenantId, 'owner');
    const daysOf = async (query: { from?: string }) =>
      (await api.call(contract.getUsageSummary, { identity, query })).items.map(({ day }) => day);
    expect(await daysOf({})).toEqual(['2026-11-20']);
    expect(await daysOf({ from: '2026-08-22T00:00:00Z' })).toEqual(['2026-11-20', '2026-10-21']);
    await expect(daysOf({ from: '2026-08-21T00:00:00Z' })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('92 days at most'),
    });
  });

  it('can be narrowed to an execution, an event, a client and a period', async () => {
    const tenantId = mintTenantId();
    const [clientId, executionId, eventId] = [newId('client'), newId('execution'), newId('event')];
    await queue(job(tenantId, clientId, { executionId, eventId }), job(tenantId, null));
    await counted(tenantId, 2);
    const identity = someone(tenantId, 'owner');
    const queries = [{ executionId }, { eventId }, { clientId }];
    for (const query of queries) {
      const { items } = await api.call(contract.listUsageEvents, { identity, query });
      expect(items.map((item) => item.executionId)).toEqual([executionId]);
    }
    const period = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    expect((await api.call(contract.listUsageEvents, { identity, query: period })).items).toEqual(
      [],
    );
    expect((await api.call(contract.getUsageSummary, { identity, query: period })).items).toEqual(
      [],
    );
    const { items: all } = await api.call(contract.getUsageSummary, { identity, query: {} });
    expect(all.map((day) => day.clientId)).toEqual([null, clientId]);
  });

  it('shows only the clients a person was granted, and nothing of another tenant', async () => {
    const tenantId = mintTenantId();
    const [mine, other] = [newId('client'), newId('client')];
    await queue(job(tenantId, mine), job(tenantId, other), job(tenantId, null));
    await counted(tenantId, 3);
    const person = someone(tenantId, 'viewer', mine);
    const events = await api.call(contract.listUsageEvents, { identity: person });
    expect(events.items.map(({ clientId }) => clientId)).toEqual([mine]);
    const days = await api.call(contract.getUsageSummary, { identity: person, query: {} });
    expect(days.items.map(({ clientId }) => clientId)).toEqual([mine]);
    expect(
      (await api.call(contract.getUsageSummary, { identity: person, query: { clientId: other } }))
        .items,
    ).toEqual([]);
    expect(
      (await api.call(contract.getUsageSummary, { identity: person, query: { clientId: mine } }))
        .items,
    ).toHaveLength(1);
    const stranger = someone(mintTenantId(), 'owner');
    expect((await api.call(contract.listUsageEvents, { identity: stranger })).items).toEqual([]);
    expect(
      (await api.call(contract.getUsageSummary, { identity: stranger, query: {} })).items,
    ).toEqual([]);
  });

  it('that cannot be true is kept as a dead letter with its reason', async () => {
    const tenantId = mintTenantId();
    const cost = { currency: 'USD', amount: '99999999999999.00' };
    const impossible = { ...job(tenantId, null, { cost }), quantity: 1 };
    await queue(impossible);
    const reasons = await until(async () => {
      const { rows } = await owner.query<{ reason: string }>(
        'select reason from dead_letter where tenant_id = $1',
        [tenantId],
      );
      return rows.length > 0 ? rows : undefined;
    });
    expect(reasons).toEqual([{ reason: 'a cost of 99999999999999.00 is out of range' }]);
    expect(
      await api.call(contract.listUsageEvents, { identity: someone(tenantId, 'owner') }),
    ).toEqual({ items: [], nextCursor: null });
  });
});

describe('dead letters', () => {
  const reason = 'out of order';

  const buriedAt = new Date('2026-11-01Z');

  async function bury(tenantId: string, clientId: string | null = null, at = buriedAt) {
    const deadLetterId = newId('deadLetter', { nowMs: at.getTime() });
    await owner.query('insert into dead_letter values ($1, $2, $3, $4, $5)', [
      deadLetterId,
      tenantId,
      JSON.stringify(job(tenantId, clientId)),
      reason,
      at,
    ]);
    return deadLetterId;
  }

  const replay = (identity: Identity, deadLetterId: string) =>
    api.call(contract.replayUsageDeadLetter, { identity, params: { deadLetterId } });

  async function auditActions(tenantId: string): Promise<string[]> {
    const { rows } = await owner.query<{ action: string }>(
      'select action from audit_event where tenant_id = $1 order by sequence',
      [tenantId],
    );
    return rows.map(({ action }) => action);
  }

  it('are listed with their reason, of the clients in sight, newest first, page by page', async () => {
    const tenantId = mintTenantId();
    const clientId = newId('client');
    const first = await bury(tenantId, clientId);
    const second = await bury(tenantId, null, new Date('2026-11-02Z'));
    const list = (identity: Identity, query: { limit?: number; cursor?: string } = {}) =>
      api.call(contract.listUsageDeadLetters, { identity, query });
    const person = someone(tenantId, 'owner');
    const { items, nextCursor } = await list(person, { limit: 1 });
    expect(items).toEqual([
      {
        id: second,
        clientId: null,
        meter: 'voice.seconds',
        provider: 'retell',
        externalId: 'call_1',
        reason,
        createdAt: '2026-11-02T00:00:00.000Z',
        replayedAt: null,
      },
    ]);
    const idsOf = (page: Awaited<ReturnType<typeof list>>) => page.items.map(({ id }) => id);
    expect(idsOf(await list(person, { limit: 1, cursor: nextCursor! }))).toEqual([first]);
    expect(idsOf(await list(someone(tenantId, 'viewer', clientId)))).toEqual([first]);
    expect(idsOf(await list(someone(mintTenantId(), 'owner')))).toEqual([]);
  });

  it('are counted when they are replayed, once, with an audit row', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const deadLetterId = await bury(tenantId);
    expect((await replay(identity, deadLetterId)).replayedAt).toBe('2026-11-21T12:00:00.000Z');
    await counted(tenantId, 1);
    await expect(replay(identity, deadLetterId)).rejects.toMatchObject({
      code: 'conflict',
      detail: 'it was already replayed',
    });
    expect(await auditActions(tenantId)).toEqual(['replay-usage-dead-letter']);
  });

  it('are the same 404 for another tenant, a missing one and one out of scope, and not for those who only look', async () => {
    const tenantId = mintTenantId();
    const deadLetterId = await bury(tenantId);
    const asked = [
      { identity: someone(mintTenantId(), 'owner'), id: deadLetterId },
      { identity: someone(tenantId, 'owner'), id: newId('deadLetter') },
      { identity: someone(tenantId, 'owner', newId('client')), id: deadLetterId },
    ];
    for (const { identity, id } of asked) {
      await expect(replay(identity, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(replay(someone(tenantId, 'viewer'), deadLetterId)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await auditActions(tenantId)).toEqual([]);
  });
});

describe('the interfaces', () => {
  it('refuse a caller without an identity, a person without the permission and a person where services talk', async () => {
    expect((await fetch(`${serviceUrl}/api/usage/events`)).status).toBe(401);
    const nobody = { ...someone(mintTenantId(), 'viewer'), grants: [] };
    await expect(api.call(contract.listUsageEvents, { identity: nobody })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const query = {
      clientId: newId('client'),
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-21T00:00:00Z',
    };
    await expect(
      api.call(contract.getUsageTotals, { identity: someone(mintTenantId(), 'owner'), query }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse a period that is no date', async () => {
    const identity = someone(mintTenantId(), 'owner');
    await expect(
      api.call(contract.listUsageEvents, { identity, query: { from: 'yesterday' } }),
    ).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('are healthy on database and queue', async () => {
    expect(await (await fetch(`${serviceUrl}/health`)).json()).toMatchObject({ status: 'ok' });
    expect(await (await fetch(`${workerUrl}/health`)).json()).toMatchObject({
      checks: { queue: { status: 'ok' } },
    });
  });

  it('have row-level security on every table, and records that nobody rewrites', async () => {
    expect(await tablesWithoutRowSecurity(ownerUrl)).toEqual([]);
    const { rows } = await owner.query(
      `select has_table_privilege('usage_app', 'usage_event', 'UPDATE') as rewritten, has_table_privilege('usage_app', 'usage_event', 'DELETE') as deleted`,
    );
    expect(rows).toEqual([{ rewritten: false, deleted: false }]);
  });
});
