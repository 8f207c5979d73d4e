import type { Money } from '@maxai/kernel/money';
import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';

export type NewEntry = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly description: string;
  readonly reference: string;
  readonly occurredAt: Date;
  readonly postings: readonly { readonly account: string; readonly amount: Money }[];
};

/** False when the reference was booked before; then nothing is written. */
export async function insertEntry(tx: Transaction<DB>, entry: NewEntry): Promise<boolean> {
  const inserted = await tx
    .insertInto('ledger_entry')
    .values({
      id: entry.id,
      tenant_id: entry.tenantId,
      client_id: entry.clientId,
      description: entry.description,
      reference: entry.reference,
      occurred_at: entry.occurredAt,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'reference']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  await tx
    .insertInto('ledger_posting')
    .values(
      entry.postings.map(({ account, amount }) => ({
        entry_id: entry.id,
        tenant_id: entry.tenantId,
        account,
        currency: amount.currency,
        nanos: amount.nanos,
      })),
    )
    .execute();
  return true;
}

export function selectEntries(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('ledger_entry')
    .selectAll()
    .where(inScope('ledger_entry', scope))
    .orderBy('id', 'desc')
    .limit(pageRows(scope))
    .execute();
}

export function selectPostings(tx: Transaction<DB>, entryIds: readonly string[]) {
  return tx
    .selectFrom('ledger_posting')
    .select(['entry_id', 'account', 'currency', 'nanos'])
    .where(sql<boolean>`entry_id = any(${[...entryIds]}::text[])`)
    .orderBy('account')
    .execute();
}

export type Balance = { account: string; currency: string; nanos: bigint };

export async function selectBalances(tx: Transaction<DB>): Promise<Balance[]> {
  const { rows } = await sql<Balance>`
    select account, currency, sum(nanos)::bigint as nanos from ledger_posting
    group by account, currency order by account, currency`.execute(tx);
  return rows;
}
