import type { UsageJob } from '@maxai/contracts/jobs/queues';
import { newId } from '@maxai/kernel/ids';
import { parseMoney } from '@maxai/kernel/money';
import { PermanentFailure } from '@maxai/runtime/queue';
import type { Context } from '../context.ts';
import { addToDay, insertDeadLetter, insertUsage } from './usage-store.ts';

/** A million of the currency's unit for one use: more is a mistake, and sums must stay within 64 bits. */
const costNanosMax = 10n ** 15n;

/**
 * Counts one use and rolls it up, in one transaction. The same idempotency key counts once, so a job that
 * is delivered again, or produced again after a crash, changes nothing.
 */
export async function recordUsage(ctx: Context, job: UsageJob): Promise<'counted' | 'known'> {
  const recordedAt = ctx.clock.now();
  const cost = parseMoney(job.cost.currency, job.cost.amount);
  if (cost.nanos > costNanosMax)
    throw new PermanentFailure(`a cost of ${job.cost.amount} is out of range`);
  const usage = {
    id: newId('usageEvent', { nowMs: recordedAt.getTime() }),
    job,
    cost,
    recordedAt,
  };
  return ctx.db.tenant(job.context.tenantId, async (tx) => {
    if (!(await insertUsage(tx, usage))) return 'known';
    await addToDay(tx, usage);
    return 'counted';
  });
}

/** Keeps a job that could not be counted, with its reason. */
export async function buryUsage(ctx: Context, job: UsageJob, reason: string): Promise<void> {
  const createdAt = ctx.clock.now();
  const id = newId('deadLetter', { nowMs: createdAt.getTime() });
  await ctx.db.tenant(job.context.tenantId, (tx) =>
    insertDeadLetter(tx, { id, job, reason, createdAt }),
  );
}
