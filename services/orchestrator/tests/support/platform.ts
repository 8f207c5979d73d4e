import * as iam from '@maxai/contracts/http/iam';
import * as ingress from '@maxai/contracts/http/webhook-ingress';
import {
  paymentEvents,
  usageAggregation,
  webhookProcessing,
  type PaymentEventJob,
  type UsageJob,
} from '@maxai/contracts/jobs/queues';
import type { Provider } from '@maxai/contracts/schemas';
import { builtInRoles, type Grant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { listScope, pageOf } from '@maxai/runtime/database';
import { createApp, createServiceClient, implement, listen } from '@maxai/runtime/http';
import { createIdentitySigner, createIdentityVerifier } from '@maxai/runtime/identity';
import { createConsumer, createProducer, createQueueConnection } from '@maxai/runtime/queue';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import {
  createTestDatabase,
  mintTenantId,
  testRedis,
  until as untilWithin,
} from '@maxai/runtime/testing';
import { vi } from 'vitest';
import { createSandbox, type DeliverInput } from '@maxai/sandbox';
import { exportJWK, generateKeyPair } from 'jose';
import { Client } from 'pg';
import {
  createOrchestrator,
  createOrchestratorWorker,
  type OrchestratorWorkerConfig,
  type Overrides,
} from '../../src/index.ts';

export const logger = createLogger({ service: 'test', version: 'test', level: 'fatal' });
const metrics = createMetrics('test');

// Whole processes start in these tests, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Waits for the condition, long enough for a busy machine. */
export function until<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  return untilWithin(condition, 30_000);
}
/** What the connections to n8n know results by. */
const webhookSecret = 'webhook-secret-of-a-tenant';
const anywhere = { host: '127.0.0.1', port: 0 };

async function mintKey(caller: string) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  return {
    privateJwk: JSON.stringify(await exportJWK(privateKey)),
    publicJwk: { ...(await exportJWK(publicKey)), kid: caller, alg: 'EdDSA' },
  };
}

/** The operations of webhook-ingress and iam that the orchestrator calls, over the contracts' own schemas. */
async function startNeighbours(publicJwks: string) {
  const deliveries = new Map<string, ingress.StoredDelivery>();
  const settled = new Set<string>();
  const connections: iam.ConnectionSecrets[] = [];
  const clients = new Map<string, string>();
  const calls = { fetch: 0 };
  const faults = { iam: false, ingress: false };
  const answer = <T>(faulty: boolean, result: T) =>
    faulty ? Promise.reject(new Error('a fault of the neighbour')) : Promise.resolve(result);
  const shared = { version: 'test', logger, metrics, health: {} };
  const ingressApp = await createApp({
    ...shared,
    service: 'webhook-ingress',
    identity: createIdentityVerifier({ service: 'webhook-ingress', publicJwks }),
  });
  implement(ingressApp, ingress.fetchDeliveries, ({ body }) => {
    calls.fetch += 1;
    const items = body.ids.flatMap((id) => deliveries.get(id) ?? []);
    return answer(faults.ingress, { items });
  });
  implement(ingressApp, ingress.settleDeliveries, ({ body }) => {
    for (const id of body.ids) settled.add(id);
    return Promise.resolve({});
  });
  const iamApp = await createApp({
    ...shared,
    service: 'iam',
    identity: createIdentityVerifier({ service: 'iam', publicJwks }),
  });
  implement(iamApp, iam.getClient, ({ identity, params }) => {
    const tenantId = clients.get(params.clientId);
    if (tenantId === undefined || tenantId !== identity.tenantId) throw notFound();
    const createdAt = new Date().toISOString();
    return Promise.resolve({
      id: params.clientId,
      tenantId,
      name: 'A client',
      timeZone: 'UTC',
      createdAt,
    });
  });
  implement(iamApp, iam.listClientConnections, ({ params, identity }) =>
    answer(faults.iam, {
      items: connections.filter(
        ({ tenantId, clientId }) =>
          tenantId === identity.tenantId && (clientId === null || clientId === params.clientId),
      ),
    }),
  );
  implement(iamApp, iam.listConnections, ({ identity, query }) => {
    const newestFirst = connections
      .filter(
        ({ tenantId, clientId }) =>
          tenantId === identity.tenantId && (query.tenantWide !== true || clientId === null),
      )
      .toReversed();
    const shown = newestFirst.findIndex(({ id }) => id === query.cursor) + 1;
    return Promise.resolve(
      pageOf(newestFirst.slice(shown), listScope('all', query), (connection) => ({
        id: connection.id,
        clientId: connection.clientId,
        provider: connection.provider,
        account: connection.account,
        name: connection.provider,
        webhookPath: `/webhooks/${connection.provider}/${connection.id}`,
        createdAt: new Date().toISOString(),
        disabledAt: null,
      })),
    );
  });
  implement(iamApp, iam.getConnectionSecrets, ({ params }) => {
    const found = connections.find(({ id }) => id === params.connectionId);
    if (!found) throw notFound();
    return Promise.resolve(found);
  });
  return {
    deliveries,
    settled,
    connections,
    clients,
    calls,
    faults,
    ingressUrl: await listen(ingressApp, anywhere),
    iamUrl: await listen(iamApp, anywhere),
    close: () => Promise.all([ingressApp.close(), iamApp.close()]),
  };
}

export type Tenant = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly operator: Identity;
};

/** The orchestrator on a database and a queue of its own, between its neighbours and the sandbox. */
export async function startPlatform() {
  const database = await createTestDatabase('orchestrator');
  const { url: redisUrl } = await testRedis();
  const keys = {
    gateway: await mintKey('api-gateway'),
    orchestrator: await mintKey('orchestrator'),
    worker: await mintKey('orchestrator-worker'),
  };
  const publicJwks = JSON.stringify({ keys: Object.values(keys).map((key) => key.publicJwk) });
  const sandbox = await createSandbox();
  const neighbours = await startNeighbours(publicJwks);
  const shared = {
    ...anywhere,
    version: 'test',
    logLevel: 'error' as const,
    publicUrl: 'http://localhost',
    databaseUrl: database.appUrl,
    databasePoolMax: 5,
    queueUrl: redisUrl,
    iamUrl: neighbours.iamUrl,
  };
  const workerConfig: OrchestratorWorkerConfig = {
    ...shared,
    identityPrivateJwk: keys.worker.privateJwk,
    cacheUrl: redisUrl,
    webhookIngressUrl: neighbours.ingressUrl,
    retellBaseUrl: `${sandbox.url}/retell`,
    twilioBaseUrl: `${sandbox.url}/twilio`,
    highlevelBaseUrl: `${sandbox.url}/highlevel`,
    stripeBaseUrl: `${sandbox.url}/stripe`,
    openrouterBaseUrl: `${sandbox.url}/openrouter/api/v1`,
    googleBaseUrl: `${sandbox.url}/google`,
    googleTokenUrl: `${sandbox.url}/google/token`,
    n8nUrl: `${sandbox.url}/n8n`,
    n8nSigningKey: sandbox.accounts.n8n.signingKey,
    deliveryConcurrency: 200,
    executionConcurrency: 16,
  };
  const service = await createOrchestrator(
    {
      ...shared,
      identityPrivateJwk: keys.orchestrator.privateJwk,
      identityPublicJwks: publicJwks,
    },
    { logger },
  );
  const signer = await createIdentitySigner({
    caller: 'api-gateway',
    privateJwk: keys.gateway.privateJwk,
  });
  const api = createServiceClient({ target: 'orchestrator', baseUrl: service.url, signer });
  const queue = await createQueueConnection({ url: redisUrl });
  const deliveriesQueue = createProducer(queue, webhookProcessing);
  // A pool ends before its connections do, and dropping the database would then cut them off.
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const closers: (() => Promise<unknown>)[] = [];

  return {
    database,
    redisUrl,
    sandbox,
    neighbours,
    service,
    workerConfig,
    signer,
    api,
    queue,
    deliveriesQueue,
    owner,
    webhookSecret,
    /** Closed with the platform, if not before. */
    async startWorker(config: Partial<OrchestratorWorkerConfig> = {}, overrides: Overrides = {}) {
      const worker = await createOrchestratorWorker(
        { ...workerConfig, ...config },
        { logger, ...overrides },
      );
      let closing: Promise<void> | undefined;
      const close = () => (closing ??= worker.close());
      closers.push(close);
      return { ...worker, close };
    },
    mintTenant(): Tenant {
      const tenantId = mintTenantId();
      const clientId = newId('client');
      neighbours.clients.set(clientId, tenantId);
      return { tenantId, clientId, operator: identityOf(tenantId, builtInRoles.operator) };
    },
    connect(
      tenant: Pick<Tenant, 'tenantId'> & { readonly clientId: string | null },
      provider: Provider,
    ): string {
      const { accounts } = sandbox;
      const id = newId('connection');
      const account: Partial<Record<Provider, Record<string, unknown>>> = {
        twilio: { accountSid: accounts.twilio.accountSid, phoneNumber: '+15550001111' },
        highlevel: { locationId: accounts.highlevel.locationId },
        google: { calendarId: 'primary' },
      };
      const credentials: Partial<Record<Provider, Record<string, string>>> = {
        twilio: { authToken: accounts.twilio.authToken },
        highlevel: { accessToken: accounts.highlevel.token },
        openrouter: { apiKey: accounts.openrouter.apiKey },
        google: { ...accounts.google },
      };
      neighbours.connections.push({
        id,
        provider,
        tenantId: tenant.tenantId,
        clientId: tenant.clientId,
        account: account[provider] ?? {},
        credentials: credentials[provider] ?? {},
        webhookSecrets: provider === 'n8n' ? [webhookSecret] : [],
      });
      return id;
    },
    /** What webhook-ingress would have stored of a webhook that the sandbox signs; not queued yet. */
    store(
      tenant: Pick<Tenant, 'tenantId'> & { readonly clientId: string | null },
      event: DeliverInput['event'],
      data: DeliverInput['data'] = {},
    ): ingress.StoredDelivery {
      const { rawBody } = sandbox.sign({ event, url: 'http://localhost/webhooks', data });
      const [provider = ''] = event.split('.', 1);
      const payload = (
        provider === 'twilio'
          ? Object.fromEntries(new URLSearchParams(rawBody))
          : JSON.parse(rawBody)
      ) as Record<string, unknown>;
      const delivery: ingress.StoredDelivery = {
        id: newId('webhookEvent'),
        tenantId: tenant.tenantId,
        clientId: tenant.clientId,
        connectionId: newId('connection'),
        provider: provider as Provider,
        type: event.slice(provider.length + 1).replace('inbound', 'inbound_message'),
        payload,
        correlationId: newId('correlation'),
        traceparent: newTraceparent(),
        receivedAt: new Date().toISOString(),
      };
      neighbours.deliveries.set(delivery.id, delivery);
      return delivery;
    },
    async enqueue(...deliveries: readonly ingress.StoredDelivery[]): Promise<void> {
      await deliveriesQueue.add(
        deliveries.map((delivery) => ({ id: delivery.id, payload: jobOf(delivery) })),
      );
    },
    /** As one job, which deliveries that arrive together share. */
    async enqueueTogether(
      first: ingress.StoredDelivery,
      ...others: readonly ingress.StoredDelivery[]
    ): Promise<void> {
      const payload = { ...jobOf(first), companions: others.map(jobOf) };
      await deliveriesQueue.add([{ id: first.id, payload }]);
    },
    /** Collects what is relayed to the queues of billing-usage and payments. */
    collectJobs() {
      const usage: UsageJob[] = [];
      const payments: PaymentEventJob[] = [];
      const onDead = () => Promise.resolve();
      const consumers = [
        createConsumer(queue, usageAggregation, {
          concurrency: 1,
          logger,
          metrics,
          onDead,
          handle: (job) => Promise.resolve(void usage.push(job)),
        }),
        createConsumer(queue, paymentEvents, {
          concurrency: 1,
          logger,
          metrics,
          onDead,
          handle: (job) => Promise.resolve(void payments.push(job)),
        }),
      ];
      closers.push(() => Promise.all(consumers.map((consumer) => consumer.close())));
      return { usage, payments };
    },
    /** The audit actions of a tenant, oldest first. */
    async auditOf(tenantId: string): Promise<{ action: string; resource: string }[]> {
      const { rows } = await owner.query<{ action: string; resource: string }>(
        'select action, resource from audit_event where tenant_id = $1 order by sequence',
        [tenantId],
      );
      return rows;
    },
    async close() {
      for (const closer of closers.toReversed()) await closer();
      await deliveriesQueue.close();
      await queue.close();
      await service.close();
      await api.close();
      await neighbours.close();
      await sandbox.close();
      await owner.end();
      await database.drop();
    },
  };
}

function jobOf(delivery: ingress.StoredDelivery) {
  const { id, tenantId, clientId, correlationId, traceparent } = delivery;
  return { context: { tenantId, clientId, correlationId, traceparent }, webhookEventId: id };
}

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

export function identityOf(
  tenantId: string | null,
  permissions: Grant['permissions'],
  scope: Grant['scope'] = { kind: 'tenant' },
): Identity {
  return {
    actor: { kind: 'user', id: newId('user') },
    tenantId,
    grants: [{ scope, permissions }],
  };
}
