import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import { jobContextOf } from '@maxai/runtime/telemetry';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { markSubjectReplayed } from '../dead-letter/dead-letter-store.ts';
import type { DB } from '../generated/database.ts';
import { executionJob } from './execution-job.ts';
import { requeueFailed, type ExecutionWire } from './execution-store.ts';
import { readableExecution } from './read-executions.ts';

/** Makes a failed execution due again from the step that failed; its dead letter counts as replayed. */
export async function retryInside(
  tx: Transaction<DB>,
  identity: Identity,
  executionId: string,
  now: Date,
): Promise<ExecutionWire> {
  const failed = await readableExecution(tx, identity, executionId);
  requirePermission(identity, 'execution:write', failed.clientId);
  if (!(await requeueFailed(tx, executionId, now))) {
    throw new AppError('conflict', { detail: `the execution is ${failed.status}, not failed` });
  }
  await markSubjectReplayed(tx, 'execution', executionId, now);
  return failed;
}

/** Queues what `retryInside` committed; without a queue the worker's sweeper finds it later. */
export async function announceRetry(
  ctx: Context,
  execution: {
    readonly id: string;
    readonly tenantId: string;
    readonly clientId: string | null;
    readonly correlationId: string;
  },
): Promise<void> {
  const { traceparent } = jobContextOf(execution.tenantId, execution.clientId);
  await ctx.producers.executions
    .add([executionJob({ ...execution, traceparent })])
    .catch((error: unknown) => {
      ctx.logger.warn({ err: error, execution_id: execution.id }, 'A retry waits for the sweeper');
    });
}

export async function retryExecution(
  ctx: Context,
  { identity, executionId }: { readonly identity: Identity; readonly executionId: string },
): Promise<ExecutionWire> {
  const tenantId = requireTenant(identity);
  const execution = await ctx.db.tenant(tenantId, async (tx) => {
    const now = ctx.clock.now();
    const { clientId, failure } = await retryInside(tx, identity, executionId, now);
    await writeAudit(tx, {
      tenantId,
      action: 'retry-execution',
      identity,
      resource: executionId,
      clientId,
      detail: { failure },
      now,
    });
    return readableExecution(tx, identity, executionId);
  });
  await announceRetry(ctx, { ...execution, tenantId });
  return execution;
}
