import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { mayBecome, type FlowStatusChange } from './flow-rules.ts';
import { findFlow, updateFlowStatus, type FlowWire } from './flow-store.ts';

export async function setFlowStatus(
  ctx: Context,
  input: {
    readonly identity: Identity;
    readonly flowId: string;
    readonly status: FlowStatusChange;
  },
): Promise<FlowWire> {
  const { identity, flowId, status } = input;
  const tenantId = requireTenant(identity);
  return ctx.db.tenant(tenantId, async (tx) => {
    const flow = await findFlow(tx, flowId);
    if (!flow) throw notFound();
    requirePermission(identity, 'flow:read', flow.clientId);
    requirePermission(identity, 'flow:write', flow.clientId);
    if (!mayBecome(flow.status, status)) {
      throw new AppError('conflict', {
        detail: `a flow that is ${flow.status} cannot become ${status}`,
      });
    }
    await updateFlowStatus(tx, flowId, status);
    await writeAudit(tx, {
      tenantId,
      action: 'set-flow-status',
      identity,
      resource: flowId,
      clientId: flow.clientId,
      detail: { from: flow.status, to: status },
      now: ctx.clock.now(),
    });
    return { ...flow, status };
  });
}
