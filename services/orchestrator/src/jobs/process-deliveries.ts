import {
  fetchDeliveries,
  settleDeliveries,
  type StoredDelivery,
} from '@maxai/contracts/http/webhook-ingress';
import { webhookProcessing, type WebhookJob } from '@maxai/contracts/jobs/queues';
import { serviceIdentity } from '@maxai/kernel/access';
import { createBatcher, createConsumer, type Consumer } from '@maxai/runtime/queue';
import type { WorkerContext } from '../context.ts';
import { giveUpDelivery } from '../event/give-up-delivery.ts';
import { intakeDeliveries } from '../event/intake-deliveries.ts';
import { executionJob } from '../execution/execution-job.ts';

const identity = serviceIdentity('orchestrator', null);
const sizeMax = 200;
const windowMs = 5;

function byTenant(deliveries: readonly StoredDelivery[]): Map<string, StoredDelivery[]> {
  return Map.groupBy(deliveries, (delivery) => delivery.tenantId);
}

async function queueExecutions(
  ctx: WorkerContext,
  due: Awaited<ReturnType<typeof intakeDeliveries>>,
): Promise<void> {
  if (due.length === 0) return;
  try {
    await ctx.producers.executions.add(due.map(executionJob));
  } catch (error) {
    // They are committed: the sweeper queues them when the queue is back.
    ctx.logger.warn({ err: error, executions: due.length }, 'Executions wait for the sweeper');
  }
}

async function takeOver(ctx: WorkerContext, jobs: readonly WebhookJob[]): Promise<void> {
  const ids = [...new Set(jobs.map((job) => job.webhookEventId))];
  const { items } = await ctx.ingress.call(fetchDeliveries, { identity, body: { ids } });
  const taken = await Promise.allSettled(
    [...byTenant(items)].map(([tenantId, deliveries]) =>
      intakeDeliveries(ctx, tenantId, deliveries),
    ),
  );
  const started = taken.flatMap((intake) => (intake.status === 'fulfilled' ? intake.value : []));
  const refused = taken.find(({ status }) => status === 'rejected');
  // What one tenant's delivery breaks holds up no other tenant's executions: theirs are committed.
  await Promise.all([
    queueExecutions(ctx, started),
    refused ?? ctx.ingress.call(settleDeliveries, { identity, body: { ids } }),
  ]);
  ctx.relay.nudge();
  if (refused?.status === 'rejected') throw refused.reason;
}

/** The consumer of `webhook-processing`: deliveries become events and executions, many at a time. */
export function consumeDeliveries(ctx: WorkerContext): Consumer {
  const submit = createBatcher<WebhookJob>({
    windowMs,
    sizeMax,
    run: (jobs) => takeOver(ctx, jobs),
  });
  return createConsumer(ctx.queue, webhookProcessing, {
    concurrency: ctx.config.deliveryConcurrency,
    logger: ctx.logger,
    metrics: ctx.metrics,
    handle: async ({ companions = [], ...job }) => {
      // Their failures are the sweeper's: they are not settled, so it queues each by itself.
      const others = Promise.allSettled(companions.map(submit));
      await submit(job);
      await others;
    },
    onDead: (job, reason, { attempt }) => giveUpDelivery(ctx, job, reason, attempt),
  });
}
