import type { Database, ListScope } from '@maxai/runtime/database';
import { sql, type Insertable, type Transaction } from 'kysely';
import type { DB, Tenant } from '../generated/database.ts';

export type TenantSizeRow = {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly client_count: bigint;
  readonly member_count: bigint;
};

export async function insertTenant(tx: Transaction<DB>, row: Insertable<Tenant>): Promise<void> {
  await tx.insertInto('tenant').values(row).execute();
}

/** The tenant of the transaction: it is the only one in sight. */
export function findTenant(tx: Transaction<DB>): Promise<{ id: string; name: string }> {
  return tx.selectFrom('tenant').select(['tenant_id as id', 'name']).executeTakeFirstOrThrow();
}

/** Runs without a tenant: every tenant but the platform's own. */
export async function selectTenants(
  tx: Transaction<DB>,
  { cursor, limit }: ListScope,
): Promise<TenantSizeRow[]> {
  const { rows } = await sql<TenantSizeRow>`
    select * from list_tenants(${cursor ?? null}, ${limit + 1})`.execute(tx);
  return rows;
}

/** Runs without a tenant: how many can be signed in to, and how many clients those have. */
export async function countActive(
  database: Database<DB>,
): Promise<{ readonly tenants: number; readonly clients: number }> {
  const { rows } = await database.statement(
    sql<{ tenants: bigint; clients: bigint }>`select tenants, clients from count_active()`,
  );
  // An aggregate without groups has exactly one row.
  const [row = { tenants: 0n, clients: 0n }] = rows;
  return { tenants: Number(row.tenants), clients: Number(row.clients) };
}
