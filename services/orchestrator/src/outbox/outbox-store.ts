import type { PaymentEventJob, UsageJob } from '@maxai/contracts/jobs/queues';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';

/** A job that must be queued if, and only if, the transaction that wrote it commits. */
export type OutboxJob =
  | { readonly queue: 'usage-aggregation'; readonly id: string; readonly payload: UsageJob }
  | { readonly queue: 'payment-events'; readonly id: string; readonly payload: PaymentEventJob };

export async function insertOutbox(
  tx: Transaction<DB>,
  tenantId: string,
  jobs: readonly OutboxJob[],
  now: Date,
): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    insert into outbox (id, queue, payload, tenant_id, created_at)
    select id, queue, payload, ${tenantId}, ${now}::timestamptz from unnest(
      ${jobs.map(({ id }) => id)}::text[], ${jobs.map(({ queue }) => queue)}::text[],
      ${jobs.map(({ payload }) => JSON.stringify(payload))}::jsonb[]) as job (id, queue, payload)
    on conflict (id) do nothing`.execute(tx);
}

/** The oldest jobs of every tenant, locked until the transaction ends. */
export async function takeOutbox(tx: Transaction<DB>, limit: number): Promise<OutboxJob[]> {
  const taken = await sql<OutboxJob>`select id, queue, payload from take_outbox(${limit})`.execute(
    tx,
  );
  return taken.rows;
}

export async function dropOutbox(tx: Transaction<DB>, ids: readonly string[]): Promise<void> {
  await sql`select drop_outbox(${ids}::text[])`.execute(tx);
}
