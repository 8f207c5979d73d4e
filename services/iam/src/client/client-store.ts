import { isOlder, isVisible, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Insertable, type Selectable, type Transaction } from 'kysely';
import type { Client, DB } from '../generated/database.ts';

export type ClientRow = Selectable<Client>;

export async function insertClient(tx: Transaction<DB>, row: Insertable<Client>): Promise<void> {
  await tx.insertInto('client').values(row).execute();
}

export function findClient(tx: Transaction<DB>, id: string): Promise<ClientRow | undefined> {
  return tx.selectFrom('client').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectClients(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('client')
    .select(['id', 'tenant_id', 'name', 'time_zone', 'created_at'])
    .where(isVisible('id', scope.visible))
    .where(isOlder('id', scope.cursor))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}

/** Runs without a tenant: which tenant a client belongs to. */
export async function findClientTenant(
  tx: Transaction<DB>,
  id: string,
): Promise<string | undefined> {
  const { rows } = await sql<{
    tenant_id: string;
  }>`select * from find_client_tenant(${id})`.execute(tx);
  return rows[0]?.tenant_id;
}
