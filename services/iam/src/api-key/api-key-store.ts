import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import type { Insertable, Selectable, Transaction } from 'kysely';
import type { ApiKey, DB } from '../generated/database.ts';

export type ApiKeyRow = Selectable<ApiKey>;

export async function insertApiKey(tx: Transaction<DB>, row: Insertable<ApiKey>): Promise<void> {
  await tx.insertInto('api_key').values(row).execute();
}

export function findApiKey(tx: Transaction<DB>, id: string): Promise<ApiKeyRow | undefined> {
  return tx.selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A key that is not revoked, locked until the transaction ends. */
export function lockApiKey(tx: Transaction<DB>, id: string): Promise<ApiKeyRow | undefined> {
  return tx
    .selectFrom('api_key')
    .selectAll()
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function markRevoked(tx: Transaction<DB>, id: string, now: Date): Promise<void> {
  await tx.updateTable('api_key').set({ revoked_at: now }).where('id', '=', id).execute();
}

export function selectApiKeys(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('api_key')
    .selectAll()
    .where(inScope('api_key', scope))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
