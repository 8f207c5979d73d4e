import type { JobContext } from '@maxai/contracts/jobs/queues';
import {
  requirePermission,
  requireTenant,
  type Identity,
  type Permission,
} from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { sql, type RawBuilder, type Transaction } from 'kysely';
import { writeAudit, type AuditEntry } from './audit.ts';
import { given, isOlder } from './conditions.ts';
import { pageRows, type ListScope } from './paging.ts';

type QueueJob = { readonly context: JobContext };

/** A row of the schema's `dead_letter`: a job that failed for good, as it was when the queue gave it out. */
export type DeadLetter<Job> = {
  readonly id: string;
  readonly job: Job;
  readonly reason: string;
  readonly createdAt: Date;
  readonly replayedAt: Date | null;
};

const columns = sql.raw('id, job, reason, created_at as "createdAt", replayed_at as "replayedAt"');

/** Keeps a job that failed for good, with its reason, in the scope of its tenant. */
export async function insertDeadLetter<DB>(
  tx: Transaction<DB>,
  { job, reason, now }: { readonly job: QueueJob; readonly reason: string; readonly now: Date },
): Promise<void> {
  const id = newId('deadLetter', { nowMs: now.getTime() });
  await sql`
    insert into dead_letter (id, tenant_id, job, reason, created_at)
    values (${id}, ${job.context.tenantId}, ${JSON.stringify(job)}::jsonb, ${reason}, ${now})`.execute(
    tx,
  );
}

/** One page, newest first. */
export function selectDeadLetters<Job extends QueueJob>(
  scope: ListScope,
): RawBuilder<DeadLetter<Job>> {
  const ofVisibleClient = given(
    scope.visible === 'all' ? null : scope.visible,
    (some) => sql`job #>> '{context,clientId}' = any(${some}::text[])`,
  );
  return sql<DeadLetter<Job>>`
    select ${columns} from dead_letter
    where ${ofVisibleClient} and ${isOlder('id', scope.cursor)}
    order by id desc limit ${pageRows(scope)}`;
}

export type Replay<Job> = {
  readonly identity: Identity;
  readonly deadLetterId: string;
  /** Each needed of the job's client. Who lacks the first does not learn that there is such a job. */
  readonly permissions: readonly Permission[];
  readonly action: string;
  /** What the audit row says of the job. */
  readonly detail: (job: Job) => AuditEntry['detail'];
  readonly queue: {
    add(jobs: readonly { readonly id: string; readonly payload: Job }[]): Promise<void>;
  };
  readonly now: Date;
};

/**
 * Queues a dead letter's job again, once, and writes it to the audit chain. Throws `not_found`, `conflict` when it was
 * replayed before, and `service_unavailable` without a queue: the letter then stays as it was.
 */
export async function replayDeadLetter<DB, Job extends QueueJob>(
  tx: Transaction<DB>,
  { identity, deadLetterId, permissions, action, detail, queue, now }: Replay<Job>,
): Promise<DeadLetter<Job>> {
  const { rows } = await sql<DeadLetter<Job>>`
    select ${columns} from dead_letter where id = ${deadLetterId} for update`.execute(tx);
  const [letter] = rows;
  if (!letter) throw notFound();
  const { clientId } = letter.job.context;
  for (const permission of permissions) requirePermission(identity, permission, clientId);
  if (letter.replayedAt !== null)
    throw new AppError('conflict', { detail: 'it was already replayed' });
  await sql`update dead_letter set replayed_at = ${now} where id = ${deadLetterId}`.execute(tx);
  await writeAudit(tx, {
    tenantId: requireTenant(identity),
    action,
    identity,
    resource: deadLetterId,
    clientId,
    detail: detail(letter.job),
    now,
  });
  // Queued before the commit: should it fail, nothing of this happened.
  await queue.add([{ id: deadLetterId, payload: letter.job }]);
  return { ...letter, replayedAt: now };
}
