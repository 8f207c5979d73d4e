import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { Membership } from './principal-rules.ts';

export type PrincipalRow = {
  readonly credential_id: string;
  readonly tenant_id: string;
  readonly actor_id: string;
  readonly expires_at: Date | null;
  readonly memberships: readonly Membership[];
};
export type CredentialKind = 'session' | 'api-key';

/**
 * Runs without a tenant: the live session or key behind a hash. Its row stays locked until the transaction
 * ends, so a revocation waits and cannot be overtaken by a cache write.
 */
export async function findPrincipal(
  tx: Transaction<DB>,
  kind: CredentialKind,
  secretHash: string,
  now: Date,
): Promise<PrincipalRow | undefined> {
  const lookup = sql.raw(kind === 'session' ? 'find_session' : 'find_api_key');
  const { rows } = await sql<PrincipalRow>`
    select credential_id, tenant_id, actor_id, expires_at, memberships from ${lookup}(${secretHash}, ${now}::timestamptz)`.execute(
    tx,
  );
  return rows[0];
}
