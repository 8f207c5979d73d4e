import {
  flowExecution,
  paymentEvents,
  usageAggregation,
  webhookProcessing,
} from '@maxai/contracts/jobs/queues';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { createCache, type Cache } from '@maxai/runtime/cache';
import { createDatabase, type Database } from '@maxai/runtime/database';
import { createServiceClient, type ServiceClient } from '@maxai/runtime/http';
import {
  createIdentitySigner,
  createIdentityVerifier,
  type IdentitySigner,
  type IdentityVerifier,
} from '@maxai/runtime/identity';
import {
  createProducer,
  createQueueConnection,
  type Producer,
  type QueueConnection,
} from '@maxai/runtime/queue';
import {
  counter,
  createLogger,
  createMetrics,
  type Logger,
  type Metrics,
} from '@maxai/runtime/telemetry';
import { randomUUID } from 'node:crypto';
import type { OrchestratorConfig, OrchestratorWorkerConfig } from './config.ts';
import {
  createConnectionDirectory,
  type ConnectionDirectory,
} from './connection/connection-directory.ts';
import {
  createConnectionLimiter,
  type ConnectionLimiter,
} from './connection/connection-limiter.ts';
import { createLeaseKeeper, type LeaseKeeper } from './execution/lease-keeper.ts';
import type { DB } from './generated/database.ts';
import { repeat, type Repeating } from './jobs/repeat.ts';
import { relayOutbox } from './outbox/relay-outbox.ts';

export type Overrides = {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** In [0, 1): spreads retries. */
  readonly random?: () => number;
};

/** What both processes are made of. */
export type Context = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly db: Database<DB>;
  readonly iam: ServiceClient;
  readonly queue: QueueConnection;
  readonly producers: {
    readonly deliveries: Producer<typeof webhookProcessing>;
    readonly executions: Producer<typeof flowExecution>;
    readonly usage: Producer<typeof usageAggregation>;
    readonly payments: Producer<typeof paymentEvents>;
  };
  close(): Promise<void>;
};

export type ServiceContext = Context & {
  readonly config: OrchestratorConfig;
  readonly identity: IdentityVerifier;
};

export type WorkerContext = Context & {
  readonly config: OrchestratorWorkerConfig;
  /** Names this process in the leases it holds. */
  readonly workerId: string;
  readonly random: () => number;
  readonly cache: Cache;
  readonly ingress: ServiceClient;
  readonly connections: ConnectionDirectory;
  readonly takeToken: ConnectionLimiter;
  readonly leases: LeaseKeeper;
  readonly relay: Repeating;
  /** Deliveries taken over, by provider and outcome. */
  readonly eventsProcessed: ReturnType<typeof counter<'webhook_events_processed_total'>>;
  readonly llmTokens: ReturnType<typeof counter<'llm_tokens_total'>>;
};

type SharedConfig = Pick<
  OrchestratorConfig,
  'version' | 'logLevel' | 'databaseUrl' | 'databasePoolMax' | 'queueUrl' | 'iamUrl'
>;

async function createShared(
  process: string,
  config: SharedConfig,
  signer: IdentitySigner,
  overrides: Overrides,
): Promise<Context> {
  const metrics = createMetrics(process);
  const queue = await createQueueConnection({ url: config.queueUrl });
  const db = createDatabase<DB>({
    url: config.databaseUrl,
    poolMax: config.databasePoolMax,
    applicationName: process,
    metrics,
  });
  const iam = createServiceClient({ target: 'iam', baseUrl: config.iamUrl, signer });
  const producers = {
    deliveries: createProducer(queue, webhookProcessing),
    executions: createProducer(queue, flowExecution),
    usage: createProducer(queue, usageAggregation),
    payments: createProducer(queue, paymentEvents),
  };
  return {
    clock: overrides.clock ?? systemClock,
    logger:
      overrides.logger ??
      createLogger({ service: process, version: config.version, level: config.logLevel }),
    metrics,
    db,
    iam,
    queue,
    producers,
    async close() {
      await Promise.all(Object.values(producers).map((producer) => producer.close()));
      await queue.close();
      await iam.close();
      await db.close();
    },
  };
}

export async function createServiceContext(
  config: OrchestratorConfig,
  overrides: Overrides,
): Promise<ServiceContext> {
  const signer = await createIdentitySigner({
    caller: 'orchestrator',
    privateJwk: config.identityPrivateJwk,
  });
  const shared = await createShared('orchestrator', config, signer, overrides);
  const identity = createIdentityVerifier({
    service: 'orchestrator',
    publicJwks: config.identityPublicJwks,
  });
  return { ...shared, config, identity };
}

export async function createWorkerContext(
  config: OrchestratorWorkerConfig,
  overrides: Overrides,
): Promise<WorkerContext> {
  const caller = 'orchestrator-worker';
  const signer = await createIdentitySigner({ caller, privateJwk: config.identityPrivateJwk });
  const shared = await createShared(caller, config, signer, overrides);
  const cache = createCache({ url: config.cacheUrl });
  const ingress = createServiceClient({
    target: 'webhook-ingress',
    baseUrl: config.webhookIngressUrl,
    signer,
  });
  const workerId = randomUUID();
  const leases = createLeaseKeeper({ db: shared.db, owner: workerId, logger: shared.logger });
  const relay = repeat({
    name: 'Relaying the outbox',
    intervalMs: 1000,
    restMs: 100,
    logger: shared.logger,
    work: () => relayOutbox(shared),
  });
  return {
    ...shared,
    config,
    workerId,
    leases,
    relay,
    random: overrides.random ?? Math.random,
    cache,
    ingress,
    connections: createConnectionDirectory({
      iam: shared.iam,
      clock: shared.clock,
      baseUrls: {
        retell: config.retellBaseUrl,
        twilio: config.twilioBaseUrl,
        highlevel: config.highlevelBaseUrl,
        stripe: config.stripeBaseUrl,
        openrouter: config.openrouterBaseUrl,
        google: config.googleBaseUrl,
        googleToken: config.googleTokenUrl,
        n8n: config.n8nUrl,
      },
      workflows: { signingKey: config.n8nSigningKey, publicUrl: config.publicUrl },
    }),
    takeToken: createConnectionLimiter(cache),
    eventsProcessed: counter(shared.metrics, 'webhook_events_processed_total'),
    llmTokens: counter(shared.metrics, 'llm_tokens_total'),
    async close() {
      await leases.stop();
      await relay.stop();
      await ingress.close();
      await cache.close();
      await shared.close();
    },
  };
}
