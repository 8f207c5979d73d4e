import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { findFlow, flowToWire, selectFlows, type FlowWire } from './flow-store.ts';

export async function listFlows(ctx: Context, input: Paging & { readonly identity: Identity }) {
  const scope = listScope(visibleClients(input.identity, 'flow:read'), input);
  const tenantId = requireTenant(input.identity);
  const rows = await ctx.db.read(tenantId, (tx) => selectFlows(tx, scope));
  return pageOf(rows, scope, flowToWire);
}

export async function getFlow(
  ctx: Context,
  { identity, flowId }: { readonly identity: Identity; readonly flowId: string },
): Promise<FlowWire> {
  const flow = await ctx.db.tenant(requireTenant(identity), (tx) => findFlow(tx, flowId));
  if (!flow) throw notFound();
  requirePermission(identity, 'flow:read', flow.clientId);
  return flow;
}
