import type { DeadLetter } from '@maxai/contracts/http/orchestrator';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';

type Tx = Transaction<DB>;
export type DeadLetterWire = Static<typeof DeadLetter>;
type DeadLetterKind = DeadLetterWire['kind'];

export type NewDeadLetter = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly kind: DeadLetterKind;
  readonly subjectId: string;
  readonly reason: string;
  readonly attempts: number;
  readonly correlationId: string;
};

export function deadLetterToWire(row: Selectable<DB['dead_letter']>): DeadLetterWire {
  return {
    id: row.id,
    // Written from NewDeadLetter only.
    kind: row.kind as DeadLetterKind,
    subjectId: row.subject_id,
    reason: row.reason,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
    replayedAt: row.replayed_at?.toISOString() ?? null,
  };
}

/** Records a failure for good; a subject that already has an unanswered one keeps the first. */
export async function insertDeadLetters(
  tx: Tx,
  letters: readonly NewDeadLetter[],
  now: Date,
): Promise<void> {
  await tx
    .insertInto('dead_letter')
    .values(
      letters.map((letter) => ({
        id: letter.id,
        tenant_id: letter.tenantId,
        client_id: letter.clientId,
        kind: letter.kind,
        subject_id: letter.subjectId,
        reason: letter.reason,
        attempts: letter.attempts,
        correlation_id: letter.correlationId,
        created_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'kind', 'subject_id'])
        .where('replayed_at', 'is', null)
        .doNothing(),
    )
    .execute();
}

export async function findDeadLetter(tx: Tx, id: string) {
  return tx
    .selectFrom('dead_letter')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function markReplayed(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('dead_letter').set({ replayed_at: now }).where('id', '=', id).execute();
}

/** Marks the unanswered dead letter of a subject, if there is one, as replayed. */
export async function markSubjectReplayed(
  tx: Tx,
  kind: DeadLetterKind,
  subjectId: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('dead_letter')
    .set({ replayed_at: now })
    .where(sql<boolean>`kind = ${kind} and subject_id = ${subjectId} and replayed_at is null`)
    .execute();
}

export function selectDeadLetters(tx: Tx, scope: ListScope) {
  return tx
    .selectFrom('dead_letter')
    .selectAll()
    .where(inScope('dead_letter', scope))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
