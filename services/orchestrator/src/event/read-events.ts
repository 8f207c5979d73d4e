import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { executionsOfEvent } from '../execution/execution-store.ts';
import { eventToWire, findEvent, selectEvents, type EventFilter } from './event-store.ts';

export async function listEvents(
  ctx: Context,
  input: Paging & EventFilter & { readonly identity: Identity },
) {
  const scope = listScope(visibleClients(input.identity, 'execution:read'), input);
  const tenantId = requireTenant(input.identity);
  const rows = await ctx.db.read(tenantId, (tx) => selectEvents(tx, scope, input));
  return pageOf(rows, scope, eventToWire);
}

export async function getEvent(
  ctx: Context,
  { identity, eventId }: { readonly identity: Identity; readonly eventId: string },
) {
  return ctx.db.tenant(requireTenant(identity), async (tx) => {
    const event = await findEvent(tx, eventId);
    if (!event) throw notFound();
    requirePermission(identity, 'execution:read', event.clientId);
    return { ...event, executions: await executionsOfEvent(tx, eventId) };
  });
}
