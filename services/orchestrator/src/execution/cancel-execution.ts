import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { requestCancel, type ExecutionWire } from './execution-store.ts';
import { readableExecution } from './read-executions.ts';

/** Stops an execution before its next step; a call that is under way is finished and recorded. */
export async function cancelExecution(
  ctx: Context,
  { identity, executionId }: { readonly identity: Identity; readonly executionId: string },
): Promise<ExecutionWire> {
  const tenantId = requireTenant(identity);
  return ctx.db.tenant(tenantId, async (tx) => {
    const execution = await readableExecution(tx, identity, executionId);
    requirePermission(identity, 'execution:write', execution.clientId);
    const now = ctx.clock.now();
    if (!(await requestCancel(tx, executionId, now))) {
      throw new AppError('conflict', { detail: `the execution has already ${execution.status}` });
    }
    await writeAudit(tx, {
      tenantId,
      action: 'cancel-execution',
      identity,
      resource: executionId,
      clientId: execution.clientId,
      detail: {},
      now,
    });
    return readableExecution(tx, identity, executionId);
  });
}
