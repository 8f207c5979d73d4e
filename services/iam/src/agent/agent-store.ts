import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Agent, DB } from '../generated/database.ts';

export type AgentRow = Selectable<Agent>;

export async function insertAgent(tx: Transaction<DB>, row: Insertable<Agent>): Promise<void> {
  await tx.insertInto('agent').values(row).execute();
}

export function selectAgents(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('agent')
    .selectAll()
    .where(inScope('agent', scope))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
