import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import { sql, type Transaction } from 'kysely';
import type { DueExecution } from '../execution/execution-job.ts';
import type { DB } from '../generated/database.ts';
import { readRunId } from './workflow-run.ts';

type Tx = Transaction<DB>;
type Result = Pick<CanonicalEvent, 'tenantId' | 'connectionId' | 'externalId' | 'data'>;

/** The attempt a result is of, as long as it is waited for. */
function isAwaited({ externalId, connectionId }: Result) {
  const run = readRunId(externalId);
  if (run === undefined) return sql<boolean>`false`;
  const { effectId, attemptedAt } = run;
  return sql<boolean>`id = ${effectId} and action = 'workflow.run' and status = 'attempting'
    and connection_id = ${connectionId} and attempted_at = ${attemptedAt} and response is null`;
}

async function waitingExecution(tx: Tx, result: Result): Promise<string | undefined> {
  const effect = await tx
    .selectFrom('effect')
    .select('execution_id')
    .where(isAwaited(result))
    .executeTakeFirst();
  return effect?.execution_id;
}

async function resume(tx: Tx, executionId: string) {
  return tx
    .updateTable('execution')
    .set({ resume_at: sql`clock_timestamp()`, enqueued_at: sql`clock_timestamp()` })
    .where('id', '=', executionId)
    .where('status', 'in', ['queued', 'running'])
    .returning(['id', 'client_id', 'correlation_id', 'traceparent'])
    .executeTakeFirst();
}

/**
 * Keeps the results of runs that are waited for; whoever holds the execution's lease judges them. A result of
 * another attempt, of another connection, or a second one of the same run changes nothing. The execution is locked
 * before its effect, as every run of it does.
 */
export async function acceptRunResults(
  tx: Tx,
  events: readonly (Result & Pick<CanonicalEvent, 'provider'>)[],
): Promise<DueExecution[]> {
  const due: DueExecution[] = [];
  for (const event of events.filter(({ provider }) => provider === 'n8n')) {
    const executionId = await waitingExecution(tx, event);
    const execution = executionId && (await resume(tx, executionId));
    if (!execution) continue;
    await tx
      .updateTable('effect')
      .set({ response: JSON.stringify(event.data) })
      .where(isAwaited(event))
      .execute();
    due.push({
      id: execution.id,
      tenantId: event.tenantId,
      clientId: execution.client_id,
      correlationId: execution.correlation_id,
      traceparent: execution.traceparent,
      resumedBy: event.externalId,
    });
  }
  return due;
}
