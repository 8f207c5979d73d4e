import { usageAggregation, type UsageJob } from '@maxai/contracts/jobs/queues';
import { createApp, listen } from '@maxai/runtime/http';
import { createIdentityVerifier } from '@maxai/runtime/identity';
import type { RunningProcess } from '@maxai/runtime/lifecycle';
import {
  createBatcher,
  createConsumer,
  createProducer,
  createQueueConnection,
} from '@maxai/runtime/queue';
import type { BillingUsageConfig, BillingUsageWorkerConfig } from './config.ts';
import { createContext, type Overrides } from './context.ts';
import { registerUsage } from './http/usage.ts';
import { buryUsage, recordUsages } from './usage/record-usage.ts';

export {
  readConfig,
  readWorkerConfig,
  type BillingUsageConfig,
  type BillingUsageWorkerConfig,
} from './config.ts';

/** The HTTP side: usage, rollups, totals and dead letters. */
export async function createBillingUsage(
  config: BillingUsageConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const ctx = createContext('billing-usage', config, overrides);
  const connection = await createQueueConnection({ url: config.queueUrl });
  const usageJobs = createProducer(connection, usageAggregation);
  const app = await createApp({
    service: ctx.service,
    version: config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    identity: createIdentityVerifier({
      service: ctx.service,
      publicJwks: config.identityPublicJwks,
    }),
    health: { database: () => ctx.db.ping() },
  });
  registerUsage(app, { ...ctx, usageJobs });
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await app.close();
      await usageJobs.close();
      await connection.close();
      await ctx.db.close();
    },
  };
}

/** The queue side: counts every usage job once. */
export async function createBillingUsageWorker(
  config: BillingUsageWorkerConfig,
  overrides: Overrides = {},
): Promise<RunningProcess & { url: string }> {
  const ctx = createContext('billing-usage-worker', config, overrides);
  const connection = await createQueueConnection({ url: config.queueUrl });
  const consumer = createConsumer(connection, usageAggregation, {
    concurrency: config.workerConcurrency,
    handle: createBatcher<UsageJob>({
      windowMs: 20,
      sizeMax: config.workerConcurrency,
      run: (jobs) => recordUsages(ctx, jobs),
    }),
    onDead: (job, reason) => buryUsage(ctx, job, reason),
    logger: ctx.logger,
    metrics: ctx.metrics,
  });
  const app = await createApp({
    service: ctx.service,
    version: config.version,
    logger: ctx.logger,
    metrics: ctx.metrics,
    health: { database: () => ctx.db.ping(), queue: () => consumer.ping() },
  });
  const url = await listen(app, config);
  return {
    url,
    beginDrain: () => app.beginDrain(),
    async close() {
      await consumer.close();
      await app.close();
      await connection.close();
      await ctx.db.close();
    },
  };
}
