import type { UsageJob } from '@maxai/contracts/jobs/queues';
import type { Money } from '@maxai/kernel/money';
import {
  equals,
  given,
  isVisible,
  inScope,
  pageRows,
  type ListScope,
} from '@maxai/runtime/database';
import { sql, type SqlBool, type Transaction } from 'kysely';
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
  const column = <Value>(of: (usage: NewUsage) => Value) => usages.map(of);
  const { rows } = await sql<{ id: string }>`
    insert into usage_event (id, tenant_id, client_id, agent_external_id, idempotency_key, meter, quantity, currency,
      cost_nanos, provider, external_id, event_id, execution_id, effect_id, occurred_at, recorded_at)
    select id, tenant_id, client_id, agent_external_id, idempotency_key, meter, quantity, currency,
      cost_nanos, provider, external_id, event_id, execution_id, effect_id, occurred_at, recorded_at
    from unnest(
      ${column(({ id }) => id)}::text[], ${column(({ job }) => job.context.tenantId)}::text[],
      ${column(({ job }) => job.context.clientId)}::text[], ${column(({ job }) => job.agentExternalId)}::text[],
      ${column(({ job }) => job.idempotencyKey)}::text[], ${column(({ job }) => job.meter)}::text[],
      ${column(({ job }) => job.quantity)}::bigint[], ${column(({ cost }) => cost.currency)}::text[],
      ${column(({ cost }) => cost.nanos)}::bigint[], ${column(({ job }) => job.provider)}::text[],
      ${column(({ job }) => job.externalId)}::text[], ${column(({ job }) => job.eventId)}::text[],
      ${column(({ job }) => job.executionId)}::text[], ${column(({ job }) => job.effectId)}::text[],
      ${column(({ job }) => job.occurredAt)}::timestamptz[], ${column(({ recordedAt }) => recordedAt)}::timestamptz[])
      as given (id, tenant_id, client_id, agent_external_id, idempotency_key, meter, quantity, currency,
      cost_nanos, provider, external_id, event_id, execution_id, effect_id, occurred_at, recorded_at)
    on conflict (tenant_id, idempotency_key) do nothing
    returning id`.execute(tx);
  const ids = new Set(rows.map(({ id }) => id));
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
  return tx
    .selectFrom('usage_event')
    .selectAll()
    .where(inScope('usage_event', scope))
    .where(given(filter.from, (from) => sql<SqlBool>`occurred_at >= ${from}`))
    .where(given(filter.to, (to) => sql<SqlBool>`occurred_at < ${to}`))
    .where(equals('execution_id', filter.executionId))
    .where(equals('event_id', filter.eventId))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}

export type Days = { readonly from: string; readonly to: string };

/** The sums of whole UTC days in [from, to), of the clients that are visible. */
export function selectDays(tx: Transaction<DB>, clients: readonly string[] | null, days: Days) {
  const dayOf = (at: string) => sql`(${at}::timestamptz at time zone 'UTC')::date`;
  return tx
    .selectFrom('usage_daily')
    .select(['client_id', 'meter', 'day', 'currency', 'quantity', 'cost_nanos'])
    .where(isVisible('client_id', clients ?? 'all'))
    .where(sql<SqlBool>`day >= ${dayOf(days.from)}`)
    .where(sql<SqlBool>`day < ${dayOf(days.to)}`)
    .orderBy('day', 'desc')
    .orderBy('client_id')
    .orderBy('meter');
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
