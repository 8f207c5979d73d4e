import { isOlder, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Insertable, type Selectable, type Transaction } from 'kysely';
import type { DB, Session } from '../generated/database.ts';

export type SessionRow = Selectable<Session>;

/** Runs without a tenant: whose membership this person signs in to: bound before invited, then the oldest tenant's. */
export async function findSignIn(
  tx: Transaction<DB>,
  person: { readonly issuer: string; readonly subject: string; readonly email: string },
): Promise<{ tenant_id: string; user_id: string } | undefined> {
  const { issuer, subject, email } = person;
  const { rows } = await sql<{ tenant_id: string; user_id: string }>`
    select * from find_sign_in(${issuer}, ${subject}, ${email})`.execute(tx);
  return rows[0];
}

export async function insertSession(tx: Transaction<DB>, row: Insertable<Session>): Promise<void> {
  await tx.insertInto('session').values(row).execute();
}

export function findLiveSession(
  tx: Transaction<DB>,
  tokenHash: string,
  now: Date,
): Promise<SessionRow | undefined> {
  return tx
    .selectFrom('session')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export function selectLiveSessions(tx: Transaction<DB>, now: Date, scope: ListScope) {
  return tx
    .selectFrom('session')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .where(isOlder('id', scope.cursor))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}

/** The revoked session's token hash; undefined when there is no live session with that id. */
export async function revokeSessionById(
  tx: Transaction<DB>,
  id: string,
  now: Date,
): Promise<string | undefined> {
  const row = await tx
    .updateTable('session')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('token_hash')
    .executeTakeFirst();
  return row?.token_hash;
}

export async function revokeUserSessions(
  tx: Transaction<DB>,
  userId: string,
  now: Date,
): Promise<string[]> {
  const rows = await tx
    .updateTable('session')
    .set({ revoked_at: now })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning('token_hash')
    .execute();
  return rows.map((row) => row.token_hash);
}
