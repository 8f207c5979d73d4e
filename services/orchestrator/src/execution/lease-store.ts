import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { sql, type Transaction } from 'kysely';
import type { EventWire } from '../event/event-store.ts';
import { eventToWire, shownColumns } from '../event/event-store.ts';
import type { DB } from '../generated/database.ts';
import type { ExecutionFailure } from './execution-store.ts';

type Tx = Transaction<DB>;

/**
 * The right to run one execution until it expires. `run` is a fencing token: every write of a run names
 * it, so a worker that lost its lease (a long pause) changes nothing any more.
 */
export type Lease = { readonly executionId: string; readonly owner: string; readonly run: number };

export type HeldExecution = {
  readonly lease: Lease;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly correlationId: string;
  readonly document: FlowDocument;
  readonly event: EventWire;
  /** How many runs before this one, in a row, never gave their lease back: their worker died, or stood still. */
  readonly lostRuns: number;
  readonly cancelRequested: boolean;
};

/** Takes the lease of a due, unfinished execution that nobody holds; undefined when there is none to take. */
export async function acquireLease(
  tx: Tx,
  executionId: string,
  owner: string,
  leaseMs: number,
  now: Date,
): Promise<HeldExecution | undefined> {
  const row = await tx
    .updateTable('execution')
    .set({
      status: 'running',
      run: sql`run + 1`,
      lost_runs: sql`case when lease_owner is null then 0 else lost_runs + 1 end`,
      lease_owner: owner,
      lease_until: sql`clock_timestamp() + make_interval(secs => ${leaseMs / 1000})`,
      started_at: sql`coalesce(started_at, ${now})`,
    })
    .where('id', '=', executionId)
    .where(
      sql<boolean>`status in ('queued', 'running') and resume_at <= clock_timestamp()
        and (lease_until is null or lease_until < clock_timestamp())`,
    )
    .returning([
      'run',
      'lost_runs',
      'cancel_requested',
      'tenant_id',
      'client_id',
      'correlation_id',
      'flow_version_id',
      'event_id',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const [version, event] = await Promise.all([
    tx
      .selectFrom('flow_version')
      .select('document')
      .where('id', '=', row.flow_version_id)
      .executeTakeFirstOrThrow(),
    tx
      .selectFrom('event')
      .select(shownColumns)
      .where('id', '=', row.event_id)
      .executeTakeFirstOrThrow(),
  ]);
  return {
    lease: { executionId, owner, run: row.run },
    tenantId: row.tenant_id,
    clientId: row.client_id,
    correlationId: row.correlation_id,
    document: version.document as FlowDocument,
    event: eventToWire(event),
    lostRuns: row.lost_runs,
    cancelRequested: row.cancel_requested,
  };
}

/** How long until an unfinished execution may be tried again; undefined when it has finished or is unknown. */
export async function waitOf(tx: Tx, executionId: string): Promise<number | undefined> {
  const found = await sql<{ wait_ms: number }>`
    select extract(epoch from greatest(resume_at, lease_until) - clock_timestamp())::float8 * 1000 as wait_ms
    from execution where id = ${executionId} and status in ('queued', 'running')`.execute(tx);
  return found.rows[0]?.wait_ms;
}

function held(tx: Tx, lease: Lease) {
  return tx
    .updateTable('execution')
    .where('id', '=', lease.executionId)
    .where('lease_owner', '=', lease.owner)
    .where('run', '=', lease.run)
    .where('status', '=', 'running');
}

/** Whether the lease is still held and, if so, whether somebody asked to cancel. */
export async function confirmLease(
  tx: Tx,
  lease: Lease,
): Promise<'held' | 'cancel-requested' | 'lost'> {
  const row = await held(tx, lease)
    .set({ run: lease.run })
    .returning('cancel_requested')
    .executeTakeFirst();
  if (!row) return 'lost';
  return row.cancel_requested ? 'cancel-requested' : 'held';
}

export type Ending =
  | { readonly status: 'succeeded' | 'cancelled' }
  | { readonly status: 'failed'; readonly failure: ExecutionFailure };

export async function finishExecution(
  tx: Tx,
  lease: Lease,
  ending: Ending,
  now: Date,
): Promise<void> {
  await held(tx, lease)
    .set({
      status: ending.status,
      finished_at: now,
      failure: ending.status === 'failed' ? JSON.stringify(ending.failure) : null,
      lease_owner: null,
      lease_until: null,
    })
    .execute();
}

/**
 * Gives the lease back; the execution is due again in `delayMs`, or at once when the result it waits for has come
 * meanwhile. False when somebody has asked to cancel: then it is kept. The caller has locked the execution before,
 * so this statement sees every result and request that found it leased.
 */
export async function releaseLease(tx: Tx, lease: Lease, delayMs: number): Promise<boolean> {
  const dueAt = sql<Date>`case when exists (
      select from effect where effect.execution_id = execution.id
        and effect.status = 'attempting' and effect.response is not null)
    then clock_timestamp() else clock_timestamp() + make_interval(secs => ${delayMs / 1000}) end`;
  const released = await held(tx, lease)
    .where('cancel_requested', '=', false)
    .set({ lease_owner: null, lease_until: null, resume_at: dueAt, enqueued_at: dueAt })
    .executeTakeFirst();
  return released.numUpdatedRows > 0n;
}

export async function renewLeases(
  tx: Tx,
  owner: string,
  executionIds: readonly string[],
  leaseMs: number,
): Promise<void> {
  await sql`select renew_leases(${owner}, ${executionIds}::text[], ${leaseMs})`.execute(tx);
}
