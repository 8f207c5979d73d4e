import type { createFlow as contract } from '@maxai/contracts/http/orchestrator';
import { getClient } from '@maxai/contracts/http/iam';
import type { BodyOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  serviceIdentity,
  type Identity,
} from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { checkFlowDocument } from './check-flow-document.ts';
import { insertFlow, type FlowWire } from './flow-store.ts';

export async function createFlow(
  ctx: Context,
  input: { readonly identity: Identity } & BodyOf<typeof contract>,
): Promise<FlowWire> {
  const { identity, name, document, clientId = null } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'flow:write', clientId);
  checkFlowDocument(document);
  if (clientId !== null) {
    const asService = serviceIdentity('orchestrator', tenantId);
    await ctx.iam.call(getClient, { identity: asService, params: { clientId } });
  }
  const now = ctx.clock.now();
  const flow: FlowWire = {
    id: newId('flow', { nowMs: now.getTime() }),
    clientId,
    name,
    status: 'draft',
    version: 1,
    document,
    createdAt: now.toISOString(),
  };
  return ctx.db.tenant(tenantId, async (tx) => {
    await insertFlow(tx, tenantId, newId('flowVersion'), flow);
    await writeAudit(tx, {
      tenantId,
      action: 'create-flow',
      identity,
      resource: flow.id,
      clientId,
      detail: { name, trigger: document.trigger.event },
      now,
    });
    return flow;
  });
}
