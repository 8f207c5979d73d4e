import type { PaymentDeadLetter } from '@maxai/contracts/http/payments';
import type { PaymentEventJob } from '@maxai/contracts/jobs/queues';
import { given, isOlder, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Selectable, type SqlBool, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';

type Row = Selectable<DB['dead_letter']>;

/** The job as it was taken from the queue, where it had been checked against the contract. */
export function jobOf(row: Row): PaymentEventJob {
  return row.job as PaymentEventJob;
}

export function deadLetterToWire(row: Row): Static<typeof PaymentDeadLetter> {
  const { context, event } = jobOf(row);
  return {
    id: row.id,
    clientId: context.clientId,
    invoiceId: event.externalId,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    replayedAt: row.replayed_at?.toISOString() ?? null,
  };
}

export async function insertDeadLetter(
  tx: Transaction<DB>,
  letter: { id: string; job: PaymentEventJob; reason: string; createdAt: Date },
): Promise<void> {
  await tx
    .insertInto('dead_letter')
    .values({
      id: letter.id,
      tenant_id: letter.job.context.tenantId,
      job: JSON.stringify(letter.job),
      reason: letter.reason,
      created_at: letter.createdAt,
    })
    .execute();
}

export function findDeadLetter(tx: Transaction<DB>, id: string) {
  return tx
    .selectFrom('dead_letter')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function markReplayed(tx: Transaction<DB>, id: string, now: Date): Promise<void> {
  await tx.updateTable('dead_letter').set({ replayed_at: now }).where('id', '=', id).execute();
}

export function selectDeadLetters(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('dead_letter')
    .selectAll()
    .where(
      given(
        scope.visible === 'all' ? null : scope.visible,
        (some) => sql<SqlBool>`job #>> '{context,clientId}' = any(${some}::text[])`,
      ),
    )
    .where(isOlder('id', scope.cursor))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
