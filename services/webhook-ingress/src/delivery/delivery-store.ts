import { equals, inScope, pageRows, type Database, type ListScope } from '@maxai/runtime/database';
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
    select given_id, outcome, existing_id from accept_deliveries(
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
    sql<DeliveryRow>`
      select id, tenant_id, client_id, connection_id, provider, type, dedupe_key, payload, correlation_id, traceparent,
        received_at
      from fetch_deliveries(${[...ids]})`,
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
};

/** Deliveries with how far they have come; one that was settled before progress was kept apart tells it itself. */
function withProgress(tx: Transaction<DB>) {
  const mark = (name: 'queued_at' | 'settled_at') =>
    sql<Date | null>`case when progress.id is null then delivery.${sql.ref(name)} else progress.${sql.ref(name)} end`.as(
      name,
    );
  return tx
    .selectFrom('delivery')
    .leftJoin('delivery_progress as progress', 'progress.id', 'delivery.id')
    .select([
      'delivery.id',
      'delivery.client_id',
      'delivery.connection_id',
      'delivery.provider',
      'delivery.type',
      'delivery.dedupe_key',
      'delivery.correlation_id',
      'delivery.received_at',
      'delivery.deliveries',
      mark('queued_at'),
      mark('settled_at'),
    ]);
}

export type DeliveryWithProgress = Awaited<
  ReturnType<ReturnType<typeof withProgress>['executeTakeFirstOrThrow']>
>;

/** Newest first, within the transaction's tenant; one row more than the scope's limit. */
export function listDeliveries(
  tx: Transaction<DB>,
  scope: ListScope,
  provider: string | undefined,
) {
  return withProgress(tx)
    .where(inScope('delivery', scope))
    .where(equals('delivery.provider', provider))
    .orderBy('delivery.id', 'desc')
    .limit(pageRows(scope));
}

export function findDelivery(tx: Transaction<DB>, id: string) {
  return withProgress(tx)
    .select(['delivery.payload', 'delivery.traceparent'])
    .where('delivery.id', '=', id)
    .executeTakeFirst();
}

/** Takes the marks off, so that the sweeper looks after the delivery again. */
export async function requeueDelivery(
  tx: Transaction<DB>,
  tenantId: string,
  { id, received_at }: Pick<DeliveryRow, 'id' | 'received_at'>,
): Promise<void> {
  const marks = { queued_at: null, settled_at: null };
  await tx
    .insertInto('delivery_progress')
    .values({ id, tenant_id: tenantId, received_at, ...marks })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(marks))
    .execute();
}
