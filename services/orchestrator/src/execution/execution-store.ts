import type { Execution } from '@maxai/contracts/http/orchestrator';
import { sql, type SelectQueryBuilder, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import { equals, inScope, pageRows, type ListScope } from '@maxai/runtime/database';

type Tx = Transaction<DB>;
export type ExecutionWire = Static<typeof Execution>;
export type ExecutionFailure = NonNullable<ExecutionWire['failure']>;

export type NewExecution = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly flowId: string;
  readonly flowVersionId: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly traceparent: string;
  /** Set when it cannot even start, for example because the trigger's filter failed. */
  readonly failure: ExecutionFailure | null;
};

const columns = [
  'id',
  'client_id',
  'flow_id',
  'flow_version_id',
  'event_id',
  'status',
  'correlation_id',
  'created_at',
  'started_at',
  'finished_at',
  'failure',
] as const satisfies readonly (keyof DB['execution'])[];

/** Each name by its key, for the rows that are shown: a join of as many tables is planned longer than it runs. */
function withNames(rows: SelectQueryBuilder<DB, 'execution', object>) {
  return rows
    .select(columns)
    .select([
      sql<string>`(select name from flow where flow.id = execution.flow_id)`.as('flow_name'),
      sql<number>`(select version from flow_version where flow_version.id = execution.flow_version_id)`.as(
        'flow_version',
      ),
      sql<string>`(select type from event where event.id = execution.event_id)`.as('event_type'),
    ]);
}

function executions(tx: Tx) {
  return withNames(tx.selectFrom('execution'));
}

type ExecutionRow = Awaited<ReturnType<ReturnType<typeof executions>['executeTakeFirstOrThrow']>>;

export function executionToWire(row: ExecutionRow): ExecutionWire {
  return {
    id: row.id,
    clientId: row.client_id,
    flowId: row.flow_id,
    flowName: row.flow_name,
    flowVersion: row.flow_version,
    eventId: row.event_id,
    // The three below are only ever written from the contract's own types.
    eventType: row.event_type as ExecutionWire['eventType'],
    status: row.status as ExecutionWire['status'],
    correlationId: row.correlation_id,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    failure: row.failure as ExecutionWire['failure'],
  };
}

export async function insertExecutions(
  tx: Tx,
  rows: readonly NewExecution[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('execution')
    .values(
      rows.map((row) => ({
        id: row.id,
        tenant_id: row.tenantId,
        client_id: row.clientId,
        flow_id: row.flowId,
        flow_version_id: row.flowVersionId,
        event_id: row.eventId,
        status: row.failure === null ? 'queued' : 'failed',
        correlation_id: row.correlationId,
        traceparent: row.traceparent,
        created_at: now,
        resume_at: now,
        enqueued_at: now,
        finished_at: row.failure === null ? null : now,
        failure: row.failure === null ? null : JSON.stringify(row.failure),
      })),
    )
    .execute();
}

export async function findExecution(tx: Tx, id: string): Promise<ExecutionWire | undefined> {
  const row = await executions(tx).where('execution.id', '=', id).executeTakeFirst();
  return row && executionToWire(row);
}

export async function executionsOfEvent(tx: Tx, eventId: string): Promise<ExecutionWire[]> {
  const rows = await executions(tx)
    .where('execution.event_id', '=', eventId)
    .orderBy('execution.id')
    .execute();
  return rows.map(executionToWire);
}

export function selectExecutions(
  tx: Tx,
  scope: ListScope,
  filter: { readonly status?: string | undefined; readonly flowId?: string | undefined },
) {
  // The page first, by the index: named first, every execution would be before the newest are taken.
  const page = tx
    .selectFrom('execution')
    .select(columns)
    .where(inScope('execution', scope))
    .where(equals('status', filter.status))
    .where(equals('flow_id', filter.flowId))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
  return withNames(tx.selectFrom(page.as('execution'))).orderBy('execution.id', 'desc');
}

/** Cancels what nobody is running; what is being run is asked to stop. False when it has already finished. */
export async function requestCancel(tx: Tx, id: string, now: Date): Promise<boolean> {
  const result = await sql`
    update execution set
      cancel_requested = true,
      status = case when lease_until > clock_timestamp() then status else 'cancelled' end,
      finished_at = case when lease_until > clock_timestamp() then null else ${now}::timestamptz end
    where id = ${id} and status in ('queued', 'running')`.execute(tx);
  return result.numAffectedRows === 1n;
}

/** Queues a failed execution again; the step that failed starts afresh. False when it has not failed. */
export async function requeueFailed(tx: Tx, id: string, now: Date): Promise<boolean> {
  await sql`
    update step_run set status = 'running', attempts = 0, error = null, finished_at = null
    from execution
    where execution.id = ${id} and execution.status = 'failed'
      and step_run.execution_id = execution.id and step_run.key = execution.failure->>'step'`.execute(
    tx,
  );
  const result = await sql`
    update execution set status = 'queued', failure = null, finished_at = null, cancel_requested = false,
      lease_owner = null, lease_until = null, resume_at = ${now}, enqueued_at = ${now}
    where id = ${id} and status = 'failed'`.execute(tx);
  return result.numAffectedRows === 1n;
}

export type SweptExecution = {
  readonly id: string;
  readonly tenant_id: string;
  readonly client_id: string | null;
  readonly correlation_id: string;
  readonly traceparent: string;
  readonly run: number;
};

export async function sweepExecutions(tx: Tx, limit: number, silenceMs: number) {
  const swept =
    await sql<SweptExecution>`select * from sweep_executions(${limit}, ${silenceMs})`.execute(tx);
  return swept.rows;
}

/** Ends an execution that could not be run at all, whichever step it stood at. */
export async function abandonExecution(
  tx: Tx,
  id: string,
  reason: string,
  now: Date,
): Promise<void> {
  await sql`
    update execution set status = 'failed', finished_at = ${now}, lease_owner = null, lease_until = null,
      failure = ${JSON.stringify({ step: '*', reason })}::jsonb
    where id = ${id} and status in ('queued', 'running')`.execute(tx);
}
