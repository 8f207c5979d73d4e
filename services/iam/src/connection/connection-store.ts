import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Insertable, type Selectable, type Transaction } from 'kysely';
import type { Connection, DB } from '../generated/database.ts';
import type { Sealed } from './envelope.ts';

export type ConnectionRow = Omit<Selectable<Connection>, 'key_id' | 'wrapped_key' | 'secrets'>;
export type SealedConnectionRow = Omit<
  Selectable<Connection>,
  'name' | 'created_at' | 'disabled_at'
>;

const shownColumns = [
  'id',
  'tenant_id',
  'client_id',
  'provider',
  'name',
  'account',
  'created_at',
  'disabled_at',
] as const;

export async function insertConnection(
  tx: Transaction<DB>,
  row: Insertable<Connection>,
): Promise<void> {
  await tx.insertInto('connection').values(row).execute();
}

export function selectConnections(tx: Transaction<DB>, scope: ListScope, tenantWide: boolean) {
  return tx
    .selectFrom('connection')
    .select(shownColumns)
    .where(inScope('connection', scope))
    .$if(tenantWide, (query) => query.where('client_id', 'is', null))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}

/** A live connection with its sealed secrets, locked until the transaction ends. */
export function lockConnection(
  tx: Transaction<DB>,
  id: string,
): Promise<SealedConnectionRow | undefined> {
  return tx
    .selectFrom('connection')
    .select([
      'id',
      'tenant_id',
      'client_id',
      'provider',
      'account',
      'key_id',
      'wrapped_key',
      'secrets',
    ])
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function updateSealedSecrets(
  tx: Transaction<DB>,
  id: string,
  sealed: Sealed,
): Promise<void> {
  await tx
    .updateTable('connection')
    .set({ key_id: sealed.keyId, wrapped_key: sealed.wrappedKey, secrets: sealed.secrets })
    .where('id', '=', id)
    .execute();
}

export async function markDisabled(tx: Transaction<DB>, id: string, now: Date): Promise<void> {
  await tx.updateTable('connection').set({ disabled_at: now }).where('id', '=', id).execute();
}

/** Live connections of a client and the tenant-wide ones, the client's own first, newest first. */
export function selectClientConnections(tx: Transaction<DB>, clientId: string) {
  return tx
    .selectFrom('connection')
    .select(['id', 'provider', 'client_id'])
    .where((on) => on.or([on('client_id', '=', clientId), on('client_id', 'is', null)]))
    .where('disabled_at', 'is', null)
    .orderBy(sql`client_id is null`)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc');
}

/** Runs without a tenant: a live connection by id, for services that know nothing but the id. */
export async function findLiveConnection(
  tx: Transaction<DB>,
  id: string,
): Promise<SealedConnectionRow | undefined> {
  const { rows } = await sql<SealedConnectionRow>`select * from find_connection(${id})`.execute(tx);
  return rows[0];
}

/** Some connections, disabled ones too, that another key of the platform wraps, locked; for the schema's owner. */
export function lockWrappedByOthers(
  tx: Transaction<DB>,
  keyId: string,
  limit: number,
): Promise<
  Pick<Selectable<Connection>, 'id' | 'tenant_id' | 'key_id' | 'wrapped_key' | 'secrets'>[]
> {
  return tx
    .selectFrom('connection')
    .select(['id', 'tenant_id', 'key_id', 'wrapped_key', 'secrets'])
    .where('key_id', '<>', keyId)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .execute();
}

export async function updateWrappedKey(
  tx: Transaction<DB>,
  id: string,
  wrapped: Pick<Sealed, 'keyId' | 'wrappedKey'>,
): Promise<void> {
  await tx
    .updateTable('connection')
    .set({ key_id: wrapped.keyId, wrapped_key: wrapped.wrappedKey })
    .where('id', '=', id)
    .execute();
}
