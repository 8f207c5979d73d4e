import type { Context } from '../context.ts';
import { dropOutbox, takeOutbox, type OutboxJob } from './outbox-store.ts';

const batchMax = 200;

type JobOf<Q extends OutboxJob['queue']> = Extract<OutboxJob, { queue: Q }>;

/**
 * Moves jobs from the outbox to their queues; true when there may be more of them. A job leaves the outbox only after the
 * queue has it, so a crash in between, of this process or of the server, queues it twice under the same id, which the
 * consumers count once.
 */
export async function relayOutbox(ctx: Pick<Context, 'db' | 'producers'>): Promise<boolean> {
  return ctx.db.fleeting(async (tx) => {
    const jobs = await takeOutbox(tx, batchMax);
    if (jobs.length === 0) return false;
    const usage = jobs.filter(
      (job): job is JobOf<'usage-aggregation'> => job.queue === 'usage-aggregation',
    );
    const payments = jobs.filter(
      (job): job is JobOf<'payment-events'> => job.queue === 'payment-events',
    );
    await ctx.producers.usage.add(usage);
    await ctx.producers.payments.add(payments);
    await dropOutbox(
      tx,
      jobs.map((job) => job.id),
    );
    return jobs.length === batchMax;
  });
}
