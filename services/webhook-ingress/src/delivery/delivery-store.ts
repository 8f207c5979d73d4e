import { inScope, type Database, type ListScope } from '@maxai/runtime/database';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';

export type NewDelivery = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly connectionId: string;
  readonly provider: string;
  readonly type: string;
  readonly dedupeKey: string;
  readonly signatureHash: string;
  readonly payloadJson: string;
  readonly correlationId: string;
  readonly traceparent: string;
};

export type Acceptance = {
  readonly outcome: 'stored' | 'duplicate' | 'replayed';
  readonly id: string;
};

export type StrandedDelivery = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  correlation_id: string;
  traceparent: string;
};

type Row = {
  given_id: string;
  outcome: 'stored' | 'duplicate' | 'unknown';
  existing_id: string | null;
};

/**
 * Stores deliveries in one statement, of whatever tenants. A retry is safe: the second time the same
 * event is a `duplicate` of the first, whether or not its answer reached the provider.
 */
export async function acceptDeliveries(
  db: Database<DB>,
  deliveries: readonly NewDelivery[],
  receivedAt: Date,
): Promise<Acceptance[]> {
  const column = (key: keyof NewDelivery) => deliveries.map((delivery) => delivery[key]);
  const { rows } = await db.statement(sql<Row>`
    select * from accept_deliveries(
      ${column('id')}, ${column('tenantId')}, ${column('clientId')}, ${column('connectionId')},
      ${column('provider')}, ${column('type')}, ${column('dedupeKey')}, ${column('signatureHash')},
      ${column('payloadJson')}, ${column('correlationId')}, ${column('traceparent')}, ${receivedAt})`);
  const byId = new Map(rows.map((row) => [row.given_id, row]));
  return Promise.all(
    deliveries.map(async (delivery): Promise<Acceptance> => {
      const row = byId.get(delivery.id);
      if (row?.outcome === 'stored') return { outcome: 'stored', id: delivery.id };
      const existing = row?.existing_id ?? (await explainConflict(db, delivery));
      return existing === null
        ? { outcome: 'replayed', id: delivery.id }
        : { outcome: 'duplicate', id: existing };
    }),
  );
}

/** The delivery that stands in the way, counted once more; null when only the signature was used before. */
async function explainConflict(db: Database<DB>, delivery: NewDelivery): Promise<string | null> {
  const { rows } = await db.statement(
    sql<{
      id: string | null;
    }>`select explain_conflict(${delivery.connectionId}, ${delivery.dedupeKey}) as id`,
  );
  return rows[0]?.id ?? null;
}

export async function listStranded(
  db: Database<DB>,
  limits: { unqueuedBefore: Date; unsettledBefore: Date; most: number },
): Promise<StrandedDelivery[]> {
  const { rows } = await db.statement(
    sql<StrandedDelivery>`select * from list_stranded(${limits.unqueuedBefore}, ${limits.unsettledBefore}, ${limits.most})`,
  );
  return rows;
}

export async function markQueued(
  db: Database<DB>,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await db.statement(sql`select mark_queued(${[...ids]}, ${at})`);
}

export async function settleDeliveries(
  db: Database<DB>,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await db.statement(sql`select settle_deliveries(${[...ids]}, ${at})`);
}

export async function fetchDeliveries(db: Database<DB>, ids: readonly string[]) {
  const { rows } = await db.statement(
    sql<DeliveryRow>`select * from fetch_deliveries(${[...ids]})`,
  );
  return rows;
}

export type DeliveryRow = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  connection_id: string;
  provider: string;
  type: string;
  dedupe_key: string;
  payload: unknown;
  correlation_id: string;
  traceparent: string;
  received_at: Date;
  queued_at: Date | null;
  settled_at: Date | null;
  deliveries: number;
};

/** Newest first, within the transaction's tenant; one row more than the scope's limit. */
export function listDeliveries(
  tx: Transaction<DB>,
  scope: ListScope,
  provider: string | undefined,
) {
  return tx
    .selectFrom('delivery')
    .select([
      'id',
      'client_id',
      'connection_id',
      'provider',
      'type',
      'dedupe_key',
      'correlation_id',
      'received_at',
      'queued_at',
      'settled_at',
      'deliveries',
    ])
    .where(inScope('delivery', scope))
    .where(sql<boolean>`(${provider ?? null}::text is null or provider = ${provider ?? null})`)
    .orderBy('id', 'desc')
    .limit(scope.limit + 1)
    .execute();
}

export function findDelivery(tx: Transaction<DB>, id: string) {
  return tx.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function requeueDelivery(tx: Transaction<DB>, id: string): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({ settled_at: null, queued_at: null })
    .where('id', '=', id)
    .execute();
}
