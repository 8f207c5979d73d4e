import type { UsageJob } from '@maxai/contracts/jobs/queues';
import { newId } from '@maxai/kernel/ids';
import { parseMoney } from '@maxai/kernel/money';
import { insertDeadLetter } from '@maxai/runtime/database';
import { PermanentFailure } from '@maxai/runtime/queue';
import type { Context } from '../context.ts';
import { addToDays, insertUsages, type DailySum, type NewUsage } from './usage-store.ts';

/** A million of the currency's unit for one use: more is a mistake, and sums must stay within 64 bits. */
const costNanosMax = 10n ** 15n;

function usageOf(job: UsageJob, recordedAt: Date): NewUsage {
  const cost = parseMoney(job.cost.currency, job.cost.amount);
  if (cost.nanos > costNanosMax)
    throw new PermanentFailure(`a cost of ${job.cost.amount} is out of range`);
  return { id: newId('usageEvent', { nowMs: recordedAt.getTime() }), job, cost, recordedAt };
}

function dailySum({ job, cost }: NewUsage): DailySum {
  return {
    tenantId: job.context.tenantId,
    clientId: job.context.clientId ?? '',
    meter: job.meter,
    day: new Date(job.occurredAt).toISOString().slice(0, 10),
    currency: cost.currency,
    quantity: BigInt(job.quantity),
    costNanos: cost.nanos,
  };
}

function sumOf(sums: readonly [DailySum, ...DailySum[]]): DailySum {
  return {
    ...sums[0],
    quantity: sums.reduce((total, sum) => total + sum.quantity, 0n),
    costNanos: sums.reduce((total, sum) => total + sum.costNanos, 0n),
  };
}

const rowOf = ({ clientId, meter, day, currency }: DailySum) =>
  [clientId, meter, day, currency].join(' ');

/** Every transaction takes its rows in the same order, so that two never wait for each other. */
function inOrder<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

async function recordOf(
  ctx: Context,
  tenantId: string,
  usages: readonly NewUsage[],
): Promise<void> {
  await ctx.db.tenant(tenantId, async (tx) => {
    const fresh = await insertUsages(
      tx,
      inOrder(usages, ({ job }) => job.idempotencyKey),
    );
    if (fresh.length === 0) return;
    const rows = Map.groupBy(fresh.map(dailySum), rowOf);
    // A group has a member at least.
    const sums = [...rows.values()].map((group) => sumOf(group as [DailySum]));
    await addToDays(tx, inOrder(sums, rowOf));
  });
}

/**
 * Counts uses and rolls them up, those of a tenant in one transaction. The same idempotency key counts once, so a
 * job that is delivered again, or produced again after a crash, changes nothing.
 */
export async function recordUsages(ctx: Context, jobs: readonly UsageJob[]): Promise<void> {
  const recordedAt = ctx.clock.now();
  const usages = jobs.map((job) => usageOf(job, recordedAt));
  const byTenant = Map.groupBy(usages, ({ job }) => job.context.tenantId);
  await Promise.all([...byTenant].map(([tenantId, own]) => recordOf(ctx, tenantId, own)));
}

/** Keeps a job that could not be counted, with its reason. */
export async function buryUsage(ctx: Context, job: UsageJob, reason: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.tenant(job.context.tenantId, (tx) => insertDeadLetter(tx, { job, reason, now }));
}
