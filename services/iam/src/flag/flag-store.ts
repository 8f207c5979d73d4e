import { sql, type Insertable, type Transaction } from 'kysely';
import type { DB, Flag } from '../generated/database.ts';
import type { FlagValue } from './flag-rules.ts';

/**
 * Until the transaction ends, readers that fill the cache and writers that clear it wait for each other,
 * so a value read before a write never lands in the cache after it.
 */
export async function lockFlags(
  tx: Transaction<DB>,
  tenantId: string,
  mode: 'reading' | 'writing',
): Promise<void> {
  const key = sql`hashtextextended(${`flags:${tenantId}`}, 0)`;
  await (
    mode === 'reading'
      ? sql`select pg_advisory_xact_lock_shared(${key})`
      : sql`select pg_advisory_xact_lock(${key})`
  ).execute(tx);
}

export async function selectPlatformFlags(tx: Transaction<DB>): Promise<FlagValue[]> {
  const { rows } = await sql<FlagValue>`select * from list_platform_flags()`.execute(tx);
  return rows;
}

export function selectTenantFlags(tx: Transaction<DB>): Promise<FlagValue[]> {
  return tx.selectFrom('flag').select(['key', 'enabled']).execute();
}

export async function upsertFlag(tx: Transaction<DB>, row: Insertable<Flag>): Promise<string> {
  const { id } = await tx
    .insertInto('flag')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'key']).doUpdateSet((update) => ({
        enabled: update.ref('excluded.enabled'),
        updated_at: update.ref('excluded.updated_at'),
      })),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
