import { isOlder, pageRows, type ListScope } from '@maxai/runtime/database';
import type { Selectable, Transaction } from 'kysely';
import type { AuditEvent, DB } from '../generated/database.ts';

export type AuditRow = Selectable<AuditEvent>;

export function selectAuditEvents(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('audit_event')
    .selectAll()
    .where(isOlder('id', scope.cursor))
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
