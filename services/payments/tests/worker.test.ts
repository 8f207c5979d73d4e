import { getConnectionSecrets } from '@maxai/contracts/http/iam';
import { paymentEvents, type PaymentEventJob } from '@maxai/contracts/jobs/queues';
import { notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { implement } from '@maxai/runtime/http';
import { createProducer, createQueueConnection } from '@maxai/runtime/queue';
import {
  createTestDatabase,
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  startNeighbour,
  testRedis,
  until,
} from '@maxai/runtime/testing';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPaymentsWorker } from '../src/index.ts';

const connectionId = newId('connection');
let sandbox: Sandbox;
let owner: pg.Client;
let queue: (job: PaymentEventJob) => Promise<void>;
/** Queues a job that may fail once only: the next failure is its last. */
let queueForOneAttempt: typeof queue;
let delayedJobs: () => Promise<number>;
let workerUrl: string;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await createTestDatabase('payments');
  const { url: queueUrl } = await testRedis();
  sandbox = await createSandbox();
  const callers = await mintCallers('payments-worker');
  const iam = await startNeighbour('iam', callers, (app) => {
    implement(app, getConnectionSecrets, ({ identity, params }) => {
      if (params.connectionId !== connectionId) throw notFound();
      return Promise.resolve({
        id: connectionId,
        tenantId: identity.tenantId ?? '',
        clientId: null,
        provider: 'stripe' as const,
        account: {},
        credentials: { secretKey: sandbox.accounts.stripe.apiKey },
        webhookSecrets: [],
      });
    });
  });
  const worker = await createPaymentsWorker(
    {
      ...processSettingsForTest,
      databaseUrl: database.appUrl,
      databasePoolMax: 4,
      iamUrl: iam.url,
      identityPrivateJwk: callers.privateJwk('payments-worker'),
      queueUrl,
      stripeBaseUrl: `${sandbox.url}/stripe`,
      workerConcurrency: 2,
    },
    { logger: quietLogger },
  );
  workerUrl = worker.url;
  const connection = await createQueueConnection({ url: queueUrl });
  const producer = createProducer(connection, paymentEvents);
  queue = (payload) => producer.add([{ id: newId('correlation'), payload }]);
  const lastAttempts = createProducer(connection, { ...paymentEvents, attemptsMax: 1 });
  queueForOneAttempt = (payload) => lastAttempts.add([{ id: newId('correlation'), payload }]);
  delayedJobs = async () => (await producer.depth()).delayed;
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  closers.push(
    () => worker.close(),
    () => producer.close(),
    () => lastAttempts.close(),
    () => connection.close(),
    () => iam.close(),
    () => sandbox.close(),
    () => owner.end(),
    () => database.drop(),
  );
});

afterAll(async () => {
  for (const close of closers) await close();
});

/** An `invoice.paid` that the sandbox has delivered, and so can be asked for. */
function paidInvoice(more: { status?: string; currency?: string; fault?: string } = {}) {
  const { status = 'paid', currency = 'usd', fault = '' } = more;
  const invoiceId = `in_${fault}${newId('invoice').slice(4)}`;
  const customerId = `cus_${invoiceId}`;
  const data = { id: invoiceId, customer: customerId, amount_paid: 12_000, status, currency };
  sandbox.sign({ event: 'stripe.invoice.paid', url: 'http://localhost/x', data });
  return { invoiceId, customerId };
}

function jobFor(
  tenantId: string,
  externalId: string,
  type: PaymentEventJob['event']['type'],
): PaymentEventJob {
  const correlationId = newId('correlation');
  return {
    context: { correlationId, traceparent: newTraceparent(), tenantId, clientId: null },
    event: {
      id: newId('event'),
      tenantId,
      clientId: null,
      type,
      provider: 'stripe',
      connectionId,
      webhookEventId: newId('webhookEvent'),
      externalId,
      occurredAt: '2026-11-01T00:00:00.000Z',
      correlationId,
      subject: {},
      data: {},
    },
  };
}

async function entriesOf(tenantId: string) {
  const { rows } = await owner.query<{
    reference: string;
    client_id: string | null;
    account: string;
    currency: string;
    nanos: string;
  }>(
    `select reference, client_id, account, currency, nanos from ledger_entry
     join ledger_posting on entry_id = id where ledger_entry.tenant_id = $1 order by account`,
    [tenantId],
  );
  return rows;
}

async function deadLettersOf(tenantId: string): Promise<string[]> {
  const { rows } = await owner.query<{ reason: string }>(
    'select reason from dead_letter where tenant_id = $1',
    [tenantId],
  );
  return rows.map(({ reason }) => reason);
}

it('books a paid invoice once, however often it is reported [R141,R142]', async () => {
  const tenantId = mintTenantId();
  const { invoiceId } = paidInvoice();
  await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  await until(async () => (await entriesOf(tenantId)).length > 0);
  const last = paidInvoice();
  await queue(jobFor(tenantId, last.invoiceId, 'invoice.paid'));
  await until(async () => (await entriesOf(tenantId)).length >= 4);
  const entries = await entriesOf(tenantId);
  expect(entries.filter(({ reference }) => reference.endsWith(invoiceId))).toEqual([
    {
      reference: `stripe:invoice.paid:${invoiceId}`,
      client_id: null,
      account: 'assets:stripe',
      currency: 'USD',
      nanos: '120000000000',
    },
    {
      reference: `stripe:invoice.paid:${invoiceId}`,
      client_id: null,
      account: 'income:subscriptions',
      currency: 'USD',
      nanos: '-120000000000',
    },
  ]);
});

it('attributes the payment to the client whose customer paid', async () => {
  const tenantId = mintTenantId();
  const { invoiceId, customerId } = paidInvoice();
  const [clientId, planId] = [newId('client'), newId('plan')];
  await owner.query(`insert into plan values ($1, $2, 'P', 'USD', 0, '[]', now())`, [
    planId,
    tenantId,
  ]);
  await owner.query('insert into subscription values ($1, $2, $3, $4, $5, now(), null)', [
    newId('subscription'),
    tenantId,
    clientId,
    planId,
    customerId,
  ]);
  await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  await until(async () => (await entriesOf(tenantId)).length === 2);
  expect((await entriesOf(tenantId))[0]).toMatchObject({ client_id: clientId });
});

it('keeps an invoice that Stripe does not call paid as a dead letter, and books nothing', async () => {
  const tenantId = mintTenantId();
  const { invoiceId } = paidInvoice({ status: 'open' });
  await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  await until(async () => (await deadLettersOf(tenantId)).length === 1);
  expect(await deadLettersOf(tenantId)).toEqual([
    `invoice ${invoiceId} is open at Stripe, not paid`,
  ]);
  expect(await entriesOf(tenantId)).toEqual([]);
});

it('waits for a Stripe that refuses or fails, without using up an attempt', async () => {
  const tenantId = mintTenantId();
  const limited = paidInvoice({ fault: 'fault-429-2-' });
  await queueForOneAttempt(jobFor(tenantId, limited.invoiceId, 'invoice.paid'));
  await until(async () => (await entriesOf(tenantId)).length === 2);
  const delayedBefore = await delayedJobs();
  for (const fault of ['fault-500-', 'fault-drop-']) {
    const { invoiceId } = paidInvoice({ fault });
    await queueForOneAttempt(jobFor(tenantId, invoiceId, 'invoice.paid'));
  }
  await until(async () => (await delayedJobs()) === delayedBefore + 2);
  expect(await deadLettersOf(tenantId)).toEqual([]);
});

it('keeps as a dead letter what waiting cannot help', async () => {
  const tenantId = mintTenantId();
  await queueForOneAttempt(jobFor(tenantId, 'in_unknown', 'invoice.paid'));
  await until(async () => (await deadLettersOf(tenantId)).length === 1);
  expect((await deadLettersOf(tenantId))[0]).toContain('HTTP 404');
});

it('books each currency in its own units', async () => {
  const tenantId = mintTenantId();
  for (const currency of ['eur', 'jpy']) {
    const { invoiceId } = paidInvoice({ currency });
    await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  }
  await until(async () => (await entriesOf(tenantId)).length === 4);
  const assets = (await entriesOf(tenantId)).filter(({ account }) => account === 'assets:stripe');
  expect(Object.fromEntries(assets.map(({ currency, nanos }) => [currency, nanos]))).toEqual({
    EUR: '120000000000',
    JPY: '12000000000000',
  });
});

it('passes over what is no payment', async () => {
  const tenantId = mintTenantId();
  await queue(jobFor(tenantId, 'in_none', 'invoice.payment_failed'));
  const { invoiceId } = paidInvoice();
  await queue(jobFor(tenantId, invoiceId, 'invoice.paid'));
  await until(async () => (await entriesOf(tenantId)).length === 2);
  expect(await deadLettersOf(tenantId)).toEqual([]);
});

it('is healthy while it reads its queue and reaches its database', async () => {
  const response = await fetch(`${workerUrl}/health`);
  expect(await response.json()).toMatchObject({
    status: 'ok',
    checks: { database: { status: 'ok' }, queue: { status: 'ok' } },
  });
});
