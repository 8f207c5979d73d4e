import type {
  getWebhookEvent,
  listWebhookEvents,
  StoredDelivery,
} from '@maxai/contracts/http/webhook-ingress';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { listScope, pageOf } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import * as store from './delivery-store.ts';

type Page = ResultOf<typeof listWebhookEvents>;
type Item = Page['items'][number];

function toWire(row: store.DeliveryWithProgress): Item {
  return {
    id: row.id,
    clientId: row.client_id,
    connectionId: row.connection_id,
    // Written by the intake, which takes these providers only.
    provider: row.provider as Item['provider'],
    type: row.type,
    dedupeKey: row.dedupe_key,
    correlationId: row.correlation_id,
    receivedAt: row.received_at.toISOString(),
    queuedAt: row.queued_at?.toISOString() ?? null,
    settledAt: row.settled_at?.toISOString() ?? null,
    deliveries: row.deliveries,
  };
}

export async function listDeliveries(
  ctx: Context,
  input: QueryOf<typeof listWebhookEvents> & { identity: Identity },
): Promise<Page> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'webhook:read'), input);
  const rows = await ctx.db.read(tenantId, (tx) => store.listDeliveries(tx, scope, input.provider));
  return pageOf(rows, scope, toWire);
}

export async function getDelivery(
  ctx: Context,
  input: { identity: Identity; id: string },
): Promise<ResultOf<typeof getWebhookEvent>> {
  const tenantId = requireTenant(input.identity);
  const row = await ctx.db.tenant(tenantId, (tx) => store.findDelivery(tx, input.id));
  if (!row) throw notFound();
  requirePermission(input.identity, 'webhook:read', row.client_id);
  return { ...toWire(row), payload: row.payload as Record<string, unknown> };
}

/** For the worker, a service acting across tenants; unknown ids are left out. */
export async function fetchStoredDeliveries(
  ctx: Context,
  ids: readonly string[],
): Promise<{ items: StoredDelivery[] }> {
  const rows = await store.fetchDeliveries(ctx.db, ids);
  return {
    items: rows.map((row) => ({
      id: row.id,
      tenantId: row.tenant_id,
      clientId: row.client_id,
      connectionId: row.connection_id,
      provider: row.provider as StoredDelivery['provider'],
      type: row.type,
      payload: row.payload as StoredDelivery['payload'],
      correlationId: row.correlation_id,
      traceparent: row.traceparent,
      receivedAt: row.received_at.toISOString(),
    })),
  };
}
