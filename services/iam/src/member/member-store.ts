import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import type { Insertable, Selectable, Transaction } from 'kysely';
import type { AppUser, DB, Member } from '../generated/database.ts';

export type MemberRow = Selectable<Member>;
export type PersonRow = Pick<Selectable<AppUser>, 'id' | 'email' | 'name'>;
export type MemberWithPerson = MemberRow & Pick<PersonRow, 'email' | 'name'>;

/** The tenant's user with this email; `row` is inserted when there is none yet. */
export function upsertUser(tx: Transaction<DB>, row: Insertable<AppUser>): Promise<PersonRow> {
  return tx
    .insertInto('app_user')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'email'])
        .doUpdateSet((update) => ({ email: update.ref('excluded.email') })),
    )
    .returning(['id', 'email', 'name'])
    .executeTakeFirstOrThrow();
}

export function findUser(tx: Transaction<DB>, id: string): Promise<PersonRow | undefined> {
  return tx
    .selectFrom('app_user')
    .select(['id', 'email', 'name'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function bindUser(
  tx: Transaction<DB>,
  id: string,
  person: { readonly issuer: string; readonly subject: string; readonly name: string },
): Promise<void> {
  const { issuer, subject, name } = person;
  await tx.updateTable('app_user').set({ issuer, subject, name }).where('id', '=', id).execute();
}

/** False when the person already has a grant at this scope. */
export async function insertMember(tx: Transaction<DB>, row: Insertable<Member>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('member')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'client_id']).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export function findMember(tx: Transaction<DB>, id: string): Promise<MemberRow | undefined> {
  return tx.selectFrom('member').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The tenant-wide owners, locked, so that two removals cannot each leave the other as the last. */
export async function lockOwners(tx: Transaction<DB>): Promise<string[]> {
  const rows = await tx
    .selectFrom('member')
    .select('id')
    .where('role', '=', 'owner')
    .where('client_id', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map((row) => row.id);
}

export async function deleteMember(tx: Transaction<DB>, id: string): Promise<void> {
  await tx.deleteFrom('member').where('id', '=', id).execute();
}

export function selectMembers(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('member')
    .innerJoin('app_user', 'app_user.id', 'member.user_id')
    .selectAll('member')
    .select(['app_user.email', 'app_user.name'])
    .where(inScope('member', scope))
    .orderBy('member.id', 'desc')
    .limit(pageRows(scope));
}
