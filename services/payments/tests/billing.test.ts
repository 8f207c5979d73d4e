import { getUsageTotals } from '@maxai/contracts/http/billing-usage';
import { getClient } from '@maxai/contracts/http/iam';
import * as contract from '@maxai/contracts/http/payments';
import { paymentEvents, type PaymentEventJob } from '@maxai/contracts/jobs/queues';
import type { Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import { implement, type ServiceClient } from '@maxai/runtime/http';
import { createConsumer, createQueueConnection } from '@maxai/runtime/queue';
import { createMetrics } from '@maxai/runtime/telemetry';
import {
  createTestDatabase,
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  someone,
  startNeighbour,
  testRedis,
  until,
} from '@maxai/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayments } from '../src/index.ts';

const usd = (amount: string) => ({ currency: 'USD', amount });
const planBody = {
  name: 'Starter',
  basePrice: usd('99.00'),
  meters: [{ meter: 'voice.seconds' as const, included: 10, overage: usd('0.01') }],
};

let api: ServiceClient;
let owner: pg.Client;
let baseUrl: string;
let ownerUrl: string;
let queueUrl: string;
const closers: (() => Promise<unknown>)[] = [];
const clients = new Map<string, string>();

function mintClient(tenantId: string): string {
  const id = newId('client');
  clients.set(id, tenantId);
  return id;
}

beforeAll(async () => {
  const database = await createTestDatabase('payments');
  ({ url: queueUrl } = await testRedis());
  const callers = await mintCallers('api-gateway', 'payments');
  const usage = await startNeighbour('billing-usage', callers, (app) => {
    implement(app, getUsageTotals, () =>
      Promise.resolve({
        items: [{ meter: 'voice.seconds' as const, quantity: 16, cost: usd('0.072') }],
      }),
    );
  });
  const iam = await startNeighbour('iam', callers, (app) => {
    implement(app, getClient, ({ identity, params }) => {
      const tenantId = clients.get(params.clientId);
      if (tenantId === undefined || tenantId !== identity.tenantId) throw notFound();
      const createdAt = '2026-11-01T00:00:00.000Z';
      return Promise.resolve({
        id: params.clientId,
        tenantId,
        name: 'Bright Smiles Dental',
        timeZone: 'UTC',
        createdAt,
      });
    });
  });
  const payments = await createPayments(
    {
      ...processSettingsForTest,
      databaseUrl: database.appUrl,
      databasePoolMax: 4,
      queueUrl,
      iamUrl: iam.url,
      billingUsageUrl: usage.url,
      identityPrivateJwk: callers.privateJwk('payments'),
      identityPublicJwks: callers.publicJwks,
    },
    { logger: quietLogger },
  );
  baseUrl = payments.url;
  ({ ownerUrl } = database);
  api = await callers.client('api-gateway', 'payments', payments.url);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  closers.push(
    () => api.close(),
    () => payments.close(),
    () => usage.close(),
    () => iam.close(),
    () => owner.end(),
    () => database.drop(),
  );
});

afterAll(async () => {
  for (const close of closers) await close();
});

async function subscribe(identity: Identity, clientId: string) {
  const plan = await api.call(contract.createPlan, { identity, body: planBody });
  return api.call(contract.createSubscription, { identity, body: { clientId, planId: plan.id } });
}

async function auditActions(tenantId: string): Promise<string[]> {
  const { rows } = await owner.query<{ action: string }>(
    'select action from audit_event where tenant_id = $1 order by sequence',
    [tenantId],
  );
  return rows.map(({ action }) => action);
}

describe('plans', () => {
  it('are created with an audit row and listed newest first, page by page', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const first = await api.call(contract.createPlan, { identity, body: planBody });
    const second = await api.call(contract.createPlan, { identity, body: planBody });
    const page = await api.call(contract.listPlans, { identity, query: { limit: 1 } });
    expect(page.items).toEqual([second]);
    const rest = await api.call(contract.listPlans, {
      identity,
      query: { limit: 1, cursor: page.nextCursor! },
    });
    expect(rest).toEqual({ items: [first], nextCursor: null });
    expect(await auditActions(tenantId)).toEqual(['create-plan', 'create-plan']);
  });

  it('refuse two currencies, and a meter priced twice', async () => {
    const identity = someone(mintTenantId(), 'owner');
    const [meter] = planBody.meters;
    const mixed = {
      ...planBody,
      meters: [{ ...meter!, overage: { currency: 'EUR', amount: '1.00' } }],
    };
    await expect(api.call(contract.createPlan, { identity, body: mixed })).rejects.toMatchObject({
      code: 'currency_mismatch',
    });
    const twice = { ...planBody, meters: [meter!, meter!] };
    await expect(api.call(contract.createPlan, { identity, body: twice })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('are not for those who may only look, nor for a nameless plan', async () => {
    const tenantId = mintTenantId();
    await expect(
      api.call(contract.createPlan, { identity: someone(tenantId, 'viewer'), body: planBody }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      api.call(contract.createPlan, {
        identity: someone(tenantId, 'owner'),
        body: { ...planBody, name: '' },
      }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await auditActions(tenantId)).toEqual([]);
  });
});

describe('subscriptions', () => {
  it('put a client on one plan at a time, with an audit row', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const clientId = mintClient(tenantId);
    const made = await subscribe(identity, clientId);
    expect(made).toMatchObject({ clientId, planName: 'Starter', endedAt: null });
    await expect(subscribe(identity, clientId)).rejects.toMatchObject({ code: 'already_exists' });
    expect((await api.call(contract.listSubscriptions, { identity })).items).toEqual([made]);
    expect(await auditActions(tenantId)).toContain('create-subscription');
  });

  it('do not take another tenant’s plan', async () => {
    const plan = await api.call(contract.createPlan, {
      identity: someone(mintTenantId(), 'owner'),
      body: planBody,
    });
    const tenantId = mintTenantId();
    const body = { clientId: mintClient(tenantId), planId: plan.id };
    await expect(
      api.call(contract.createSubscription, { identity: someone(tenantId, 'owner'), body }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of another tenant’s client, or of one that is missing, are the same 404', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    for (const clientId of [mintClient(mintTenantId()), newId('client')]) {
      await expect(subscribe(identity, clientId)).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await api.call(contract.listSubscriptions, { identity })).items).toEqual([]);
    expect(await auditActions(tenantId)).not.toContain('create-subscription');
  });

  it('show only the client a person was granted', async () => {
    const tenantId = mintTenantId();
    const mine = mintClient(tenantId);
    await subscribe(someone(tenantId, 'owner'), mine);
    await subscribe(someone(tenantId, 'owner'), mintClient(tenantId));
    const { items } = await api.call(contract.listSubscriptions, {
      identity: someone(tenantId, 'viewer', mine),
    });
    expect(items.map(({ clientId }) => clientId)).toEqual([mine]);
  });
});

describe('the invoice preview', () => {
  it('prices this month’s usage with cost and margin [R141]', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const { id } = await subscribe(identity, mintClient(tenantId));
    const preview = await api.call(contract.previewInvoice, {
      identity,
      params: { subscriptionId: id },
    });
    expect(preview).toMatchObject({
      total: usd('99.06'),
      vendorCost: usd('0.072'),
      margin: usd('98.988'),
    });
    expect(preview.lines.map(({ meter, billable }) => [meter, billable])).toEqual([
      [null, 1],
      ['voice.seconds', 6],
    ]);
  });

  it('is the same 404 for another tenant’s subscription, a missing one, and one out of scope', async () => {
    const tenantId = mintTenantId();
    const { id } = await subscribe(someone(tenantId, 'owner'), mintClient(tenantId));
    const asked = [
      { identity: someone(mintTenantId(), 'owner'), id },
      { identity: someone(tenantId, 'owner'), id: newId('subscription') },
      { identity: someone(tenantId, 'viewer', newId('client')), id },
    ];
    for (const { identity, id: subscriptionId } of asked) {
      await expect(
        api.call(contract.previewInvoice, { identity, params: { subscriptionId } }),
      ).rejects.toMatchObject({ code: 'not_found', status: 404 });
    }
  });
});

describe('the ledger', () => {
  it('starts empty and balanced', async () => {
    const identity = someone(mintTenantId(), 'owner');
    expect(await api.call(contract.listLedgerEntries, { identity })).toEqual({
      items: [],
      nextCursor: null,
    });
    expect(await api.call(contract.getTrialBalance, { identity })).toEqual({
      accounts: [],
      sum: usd('0.00'),
      sums: [],
    });
  });

  it('shows what was booked, and adds up to zero', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const id = newId('ledgerEntry');
    await owner.query(
      `with entry as (insert into ledger_entry values ($1, $2, null, 'Invoice in_1 paid', 'stripe:invoice.paid:in_1', '2026-11-01Z'))
       insert into ledger_posting values ($1, $2, 'assets:stripe', 'USD', 5000000000), ($1, $2, 'income:subscriptions', 'USD', -5000000000)`,
      [id, tenantId],
    );
    const { items } = await api.call(contract.listLedgerEntries, { identity });
    expect(items).toEqual([
      {
        id,
        clientId: null,
        description: 'Invoice in_1 paid',
        reference: 'stripe:invoice.paid:in_1',
        occurredAt: '2026-11-01T00:00:00.000Z',
        postings: [
          { account: 'assets:stripe', amount: usd('5.00') },
          { account: 'income:subscriptions', amount: usd('-5.00') },
        ],
      },
    ]);
    const balance = await api.call(contract.getTrialBalance, { identity });
    expect(balance.accounts).toHaveLength(2);
    expect(balance.sum).toEqual(usd('0.00'));
  });

  it('sums each currency by itself', async () => {
    const tenantId = mintTenantId();
    for (const currency of ['USD', 'EUR']) {
      await owner.query(
        `with entry as (insert into ledger_entry values ($1, $2, null, 'Invoice paid', $3, now()))
         insert into ledger_posting values ($1, $2, 'assets:stripe', $3, 5000000000), ($1, $2, 'income:subscriptions', $3, -5000000000)`,
        [newId('ledgerEntry'), tenantId, currency],
      );
    }
    const eur = (amount: string) => ({ currency: 'EUR', amount });
    expect(
      await api.call(contract.getTrialBalance, { identity: someone(tenantId, 'owner') }),
    ).toEqual({
      accounts: [
        { account: 'assets:stripe', balance: eur('5.00') },
        { account: 'assets:stripe', balance: usd('5.00') },
        { account: 'income:subscriptions', balance: eur('-5.00') },
        { account: 'income:subscriptions', balance: usd('-5.00') },
      ],
      sum: usd('0.00'),
      sums: [eur('0.00'), usd('0.00')],
    });
  });

  it('refuses an entry whose postings do not add up to zero', async () => {
    const tenantId = mintTenantId();
    const id = newId('ledgerEntry');
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    await client.query('begin');
    await client.query('insert into ledger_entry values ($1, $2, null, $3, $4, now())', [
      id,
      tenantId,
      'x',
      'r',
    ]);
    await client.query('insert into ledger_posting values ($1, $2, $3, $4, $5)', [
      id,
      tenantId,
      'assets:stripe',
      'USD',
      5,
    ]);
    await expect(client.query('commit')).rejects.toThrow('does not balance');
    await client.end();
  });

  it('shows the tenant’s accounts only to those with a grant on the tenant', async () => {
    const identity = someone(mintTenantId(), 'viewer', newId('client'));
    await expect(api.call(contract.getTrialBalance, { identity })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('dead letters', () => {
  const reason = 'invoice in_1 is open at Stripe, not paid';

  const buriedAt = new Date('2026-11-01Z');

  async function bury(tenantId: string, clientId: string | null = null, at = buriedAt) {
    const correlationId = newId('correlation');
    const job: PaymentEventJob = {
      context: { correlationId, traceparent: newTraceparent(), tenantId, clientId },
      event: {
        id: newId('event'),
        tenantId,
        clientId,
        type: 'invoice.paid',
        provider: 'stripe',
        connectionId: newId('connection'),
        webhookEventId: newId('webhookEvent'),
        externalId: 'in_1',
        occurredAt: '2026-11-01T00:00:00.000Z',
        correlationId,
        subject: {},
        data: {},
      },
    };
    const deadLetterId = newId('deadLetter', { nowMs: at.getTime() });
    await owner.query('insert into dead_letter values ($1, $2, $3, $4, $5)', [
      deadLetterId,
      tenantId,
      JSON.stringify(job),
      reason,
      at,
    ]);
    return { deadLetterId, job };
  }

  const replay = (identity: Identity, deadLetterId: string) =>
    api.call(contract.replayPaymentDeadLetter, { identity, params: { deadLetterId } });

  it('are listed with their reason, of the clients in sight, newest first, page by page', async () => {
    const tenantId = mintTenantId();
    const clientId = newId('client');
    const { deadLetterId: first } = await bury(tenantId, clientId);
    const { deadLetterId: second } = await bury(tenantId, null, new Date('2026-11-02Z'));
    const list = (identity: Identity, query: { limit?: number; cursor?: string } = {}) =>
      api.call(contract.listPaymentDeadLetters, { identity, query });
    const person = someone(tenantId, 'owner');
    const { items, nextCursor } = await list(person, { limit: 1 });
    expect(items).toEqual([
      {
        id: second,
        clientId: null,
        invoiceId: 'in_1',
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

  it('are queued again as they were, once, with an audit row', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'owner');
    const { deadLetterId, job } = await bury(tenantId);
    expect((await replay(identity, deadLetterId)).replayedAt).not.toBeNull();
    await expect(replay(identity, deadLetterId)).rejects.toMatchObject({
      code: 'conflict',
      detail: 'it was already replayed',
    });
    const taken: PaymentEventJob[] = [];
    const connection = await createQueueConnection({ url: queueUrl });
    const consumer = createConsumer(connection, paymentEvents, {
      concurrency: 1,
      handle: async (payload) => {
        taken.push(payload);
      },
      onDead: () => Promise.reject(new Error('nothing fails here')),
      logger: quietLogger,
      metrics: createMetrics('test'),
    });
    await until(() => taken.length > 0);
    await consumer.close();
    await connection.close();
    expect(taken).toEqual([job]);
    expect(await auditActions(tenantId)).toEqual(['replay-payment-dead-letter']);
  });

  it('are the same 404 for another tenant, a missing one and one out of scope, and not for those who only look', async () => {
    const tenantId = mintTenantId();
    const { deadLetterId } = await bury(tenantId);
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

describe('the service', () => {
  it('answers nobody without a signed identity', async () => {
    const response = await fetch(`${baseUrl}/api/billing/plans`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it('has row-level security on every table', async () => {
    expect(await tablesWithoutRowSecurity(ownerUrl)).toEqual([]);
  });

  it('is healthy on its database', async () => {
    const response = await fetch(`${baseUrl}/health`);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      checks: { database: { status: 'ok' } },
    });
  });
});
