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

/** False when this usage was counted before; then nothing is written. */
export async function insertUsage(
  tx: Transaction<DB>,
  { id, job, cost, recordedAt }: NewUsage,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('usage_event')
    .values({
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
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'idempotency_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Adds to the day's sum; only ever called in the transaction that inserted the event. */
export async function addToDay(tx: Transaction<DB>, { job, cost }: NewUsage): Promise<void> {
  await sql`
    insert into usage_daily (tenant_id, client_id, meter, day, currency, quantity, cost_nanos)
    values (${job.context.tenantId}, ${job.context.clientId ?? ''}, ${job.meter},
            (${job.occurredAt}::timestamptz at time zone 'UTC')::date, ${cost.currency}, ${job.quantity}, ${cost.nanos})
    on conflict (tenant_id, client_id, meter, day, currency) do update
    set quantity = usage_daily.quantity + excluded.quantity,
        cost_nanos = usage_daily.cost_nanos + excluded.cost_nanos`.execute(tx);
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
