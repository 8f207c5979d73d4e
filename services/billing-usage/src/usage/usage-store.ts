import type { UsageJob } from '@maxai/contracts/jobs/queues';
import type { Money } from '@maxai/kernel/money';
import { inScope, type ListScope } from '@maxai/runtime/database';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';

export type NewUsage = {
  readonly id: string;
  readonly job: UsageJob;
  readonly cost: Money;
  readonly recordedAt: Date;
};

/** Returns those that were not counted before; of the others nothing is written. */
export async function insertUsages(
  tx: Transaction<DB>,
  usages: readonly NewUsage[],
): Promise<NewUsage[]> {
  const inserted = await tx
    .insertInto('usage_event')
    .values(
      usages.map(({ id, job, cost, recordedAt }) => ({
        id,
        tenant_id: job.context.tenantId,
        client_id: job.context.clientId,
        agent_external_id: job.agentExternalId,
        idempotency_key: job.idempotencyKey,
        meter: job.meter,
        quantity: BigInt(job.quantity),
        currency: cost.currency,
        cost_nanos: cost.nanos,
        provider: job.provider,
        external_id: job.externalId,
        event_id: job.eventId,
        execution_id: job.executionId,
        effect_id: job.effectId,
        occurred_at: new Date(job.occurredAt),
        recorded_at: recordedAt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'idempotency_key']).doNothing())
    .returning('id')
    .execute();
  const ids = new Set(inserted.map(({ id }) => id));
  return usages.filter(({ id }) => ids.has(id));
}

/** One row of `usage_daily`, and what it is raised by. */
export type DailySum = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly meter: string;
  /** UTC, as `2026-01-31`. */
  readonly day: string;
  readonly currency: string;
  readonly quantity: bigint;
  readonly costNanos: bigint;
};

/** Adds to sums of days, in the order given; only ever called in the transaction that inserted the events. */
export async function addToDays(tx: Transaction<DB>, sums: readonly DailySum[]): Promise<void> {
  await tx
    .insertInto('usage_daily')
    .values(
      sums.map((sum) => ({
        tenant_id: sum.tenantId,
        client_id: sum.clientId,
        meter: sum.meter,
        day: sum.day,
        currency: sum.currency,
        quantity: sum.quantity,
        cost_nanos: sum.costNanos,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'client_id', 'meter', 'day', 'currency'])
        .doUpdateSet((eb) => ({
          quantity: eb('usage_daily.quantity', '+', eb.ref('excluded.quantity')),
          cost_nanos: eb('usage_daily.cost_nanos', '+', eb.ref('excluded.cost_nanos')),
        })),
    )
    .execute();
}

export type UsageFilter = {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly executionId: string | undefined;
  readonly eventId: string | undefined;
};

export function selectUsage(tx: Transaction<DB>, scope: ListScope, filter: UsageFilter) {
  const from = filter.from ?? null;
  const to = filter.to ?? null;
  const executionId = filter.executionId ?? null;
  const eventId = filter.eventId ?? null;
  return tx
    .selectFrom('usage_event')
    .selectAll()
    .where(inScope('usage_event', scope))
    .where(sql<boolean>`(${from}::timestamptz is null or occurred_at >= ${from})`)
    .where(sql<boolean>`(${to}::timestamptz is null or occurred_at < ${to})`)
    .where(sql<boolean>`(${executionId}::text is null or execution_id = ${executionId})`)
    .where(sql<boolean>`(${eventId}::text is null or event_id = ${eventId})`)
    .orderBy('id', 'desc')
    .limit(scope.limit + 1)
    .execute();
}

export type Days = { readonly from: string | undefined; readonly to: string | undefined };

/** The sums of whole UTC days in [from, to), of the clients that are visible. */
export function selectDays(tx: Transaction<DB>, clients: readonly string[] | null, days: Days) {
  const from = days.from ?? null;
  const to = days.to ?? null;
  return tx
    .selectFrom('usage_daily')
    .selectAll()
    .where(sql<boolean>`(${clients}::text[] is null or client_id = any(${clients}::text[]))`)
    .where(
      sql<boolean>`(${from}::timestamptz is null or day >= (${from}::timestamptz at time zone 'UTC')::date)`,
    )
    .where(
      sql<boolean>`(${to}::timestamptz is null or day < (${to}::timestamptz at time zone 'UTC')::date)`,
    )
    .orderBy('day', 'desc')
    .orderBy('client_id')
    .orderBy('meter')
    .execute();
}

export type UsageSum = { meter: string; currency: string; quantity: bigint; cost_nanos: bigint };

/** Exact sums of a client's events in [from, to). */
export async function sumUsage(
  tx: Transaction<DB>,
  period: { clientId: string; from: string; to: string },
): Promise<UsageSum[]> {
  const { rows } = await sql<UsageSum>`
    select meter, currency, sum(quantity)::bigint as quantity, sum(cost_nanos)::bigint as cost_nanos
    from usage_event
    where client_id = ${period.clientId} and occurred_at >= ${period.from} and occurred_at < ${period.to}
    group by meter, currency order by meter, currency`.execute(tx);
  return rows;
}

export async function insertDeadLetter(
  tx: Transaction<DB>,
  letter: { id: string; job: UsageJob; reason: string; createdAt: Date },
): Promise<void> {
  await tx
    .insertInto('dead_letter')
    .values({
      id: letter.id,
      tenant_id: letter.job.context.tenantId,
      job: JSON.stringify(letter.job),
      reason: letter.reason,
      created_at: letter.createdAt,
    })
    .execute();
}
