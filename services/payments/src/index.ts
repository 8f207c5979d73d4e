import { paymentEvents } from '@maxai/contracts/jobs/queues';
import { createApp, createServiceClient, listen } from '@maxai/runtime/http';
import { createIdentityVerifier } from '@maxai/runtime/identity';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import { createConsumer, createProducer, createQueueConnection } from '@maxai/runtime/queue';
import type { PaymentsConfig, PaymentsWorkerConfig } from './config.ts';
import { createFoundation, type Overrides } from './context.ts';
import { registerBilling } from './http/billing.ts';
import { bookPayment, buryPayment } from './ledger/book-payment.ts';

export {
  readConfig,
  readWorkerConfig,
  type PaymentsConfig,
  type PaymentsWorkerConfig,
} from './config.ts';

/** The HTTP side: plans, subscriptions, previews, ledger, dead letters. */
export async function createPayments(
  config: PaymentsConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const service = 'payments';
  const foundation = await createFoundation(service, config, overrides);
  const { logger, metrics, db, iam, signer } = foundation;
  const billingUsage = createServiceClient({
    target: 'billing-usage',
    baseUrl: config.billingUsageUrl,
    signer,
  });
  const connection = await createQueueConnection({ url: config.queueUrl });
  const producer = createProducer(connection, paymentEvents);
  const app = await createApp({
    service,
    version: config.version,
    logger,
    metrics,
    identity: createIdentityVerifier({ service, publicJwks: config.identityPublicJwks }),
    health: { database: () => db.ping() },
  });
  registerBilling(app, { ...foundation, billingUsage, paymentEvents: producer });
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await producer.close();
      await connection.close();
      await billingUsage.close();
      await iam.close();
      await db.close();
    },
  };
}

/** The queue side: books what Stripe reports. */
export async function createPaymentsWorker(
  config: PaymentsWorkerConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const service = 'payments-worker';
  const foundation = await createFoundation(service, config, overrides);
  const { logger, metrics, db, iam } = foundation;
  const ctx = { ...foundation, stripeBaseUrl: config.stripeBaseUrl };
  const connection = await createQueueConnection({ url: config.queueUrl });
  const consumer = createConsumer(connection, paymentEvents, {
    concurrency: config.workerConcurrency,
    handle: async (job) => {
      await bookPayment(ctx, job);
    },
    onDead: (job, reason) => buryPayment(ctx, job, reason),
    logger,
    metrics,
  });
  const app = await createApp({
    service,
    version: config.version,
    logger,
    metrics,
    health: { database: () => db.ping(), queue: () => consumer.ping() },
  });
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await consumer.close();
      await app.close();
      await connection.close();
      await iam.close();
      await db.close();
    },
  };
}
