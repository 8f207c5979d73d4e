import type { Clock } from '@maxai/kernel/clock';
import { systemClock } from '@maxai/kernel/clock';
import { webhookProcessing } from '@maxai/contracts/jobs/queues';
import { createDatabase, type Database } from '@maxai/runtime/database';
import { createServiceClient, type ServiceClient } from '@maxai/runtime/http';
import {
  createIdentitySigner,
  createIdentityVerifier,
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
import type { WebhookIngressConfig } from './config.ts';
import {
  createConnectionDirectory,
  type ConnectionDirectory,
} from './connection/connection-directory.ts';
import { createGroupCommit } from './delivery/group-commit.ts';
import { acceptDeliveries, type Acceptance, type NewDelivery } from './delivery/delivery-store.ts';
import { createEnqueuer, type Enqueuer } from './delivery/enqueue-deliveries.ts';
import type { DB } from './generated/database.ts';

const service = 'webhook-ingress';

export type Context = {
  readonly config: WebhookIngressConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly outcomes: ReturnType<typeof counter<'webhook_deliveries_total'>>;
  readonly db: Database<DB>;
  readonly iam: ServiceClient;
  readonly identity: IdentityVerifier;
  readonly queue: QueueConnection;
  readonly producer: Producer<typeof webhookProcessing>;
  readonly connections: ConnectionDirectory;
  readonly accept: (delivery: NewDelivery) => Promise<Acceptance>;
  readonly enqueuer: Enqueuer;
  close(): Promise<void>;
};

export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export async function createContext(
  config: WebhookIngressConfig,
  overrides: Overrides = {},
): Promise<Context> {
  const clock = overrides.clock ?? systemClock;
  const logger =
    overrides.logger ?? createLogger({ service, version: config.version, level: config.logLevel });
  const metrics = createMetrics(service);
  const queue = await createQueueConnection({ url: config.queueUrl });
  const producer = createProducer(queue, webhookProcessing);
  const db = createDatabase<DB>({
    url: config.databaseUrl,
    poolMax: config.databasePoolMax,
    applicationName: service,
    metrics,
  });
  const signer = await createIdentitySigner({
    caller: service,
    privateJwk: config.identityPrivateJwk,
  });
  const iam = createServiceClient({ target: 'iam', baseUrl: config.iamUrl, signer });
  const connections = createConnectionDirectory({
    iam,
    clock,
    cacheUrl: config.cacheUrl,
    ttlMs: config.connectionTtlMs,
  });
  const enqueuer = createEnqueuer({ db, producer, clock, logger });
  return {
    config,
    clock,
    logger,
    metrics,
    outcomes: counter(metrics, 'webhook_deliveries_total'),
    db,
    iam,
    identity: createIdentityVerifier({ service, publicJwks: config.identityPublicJwks }),
    queue,
    producer,
    connections,
    accept: createGroupCommit<NewDelivery, Acceptance>({
      run: (deliveries) => acceptDeliveries(db, deliveries, clock.now()),
      sizeMax: 250,
      concurrency: 2,
      besideMin: 16,
      waitingMax: 2000,
      gatherMs: 5,
    }),
    enqueuer,
    async close() {
      await enqueuer.close();
      await producer.close();
      await queue.close();
      connections.close();
      await iam.close();
      await db.close();
    },
  };
}
