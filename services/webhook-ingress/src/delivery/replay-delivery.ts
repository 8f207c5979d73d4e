import type { replayWebhookEvent } from '@maxai/contracts/http/webhook-ingress';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import { currentContext } from '@maxai/runtime/telemetry';
import type { Context } from '../context.ts';
import * as store from './delivery-store.ts';

/**
 * Queues a stored delivery again. The orchestrator keeps one event per delivery and one effect per step, so
 * nothing that already happened happens twice.
 */
export async function replayDelivery(
  ctx: Context,
  input: { identity: Identity; id: string },
): Promise<ResultOf<typeof replayWebhookEvent>> {
  const tenantId = requireTenant(input.identity);
  const row = await ctx.db.tenant(tenantId, async (tx) => {
    const found = await store.findDelivery(tx, input.id);
    if (!found) throw notFound();
    requirePermission(input.identity, 'webhook:replay', found.client_id);
    await store.requeueDelivery(tx, tenantId, found);
    await writeAudit(tx, {
      tenantId,
      action: 'replay-delivery',
      identity: input.identity,
      resource: input.id,
      clientId: found.client_id,
      correlationId: currentContext().correlationId,
      detail: { provider: found.provider, type: found.type },
      now: ctx.clock.now(),
    });
    return found;
  });
  ctx.enqueuer.enqueueSoon({
    id: row.id,
    tenantId,
    clientId: row.client_id,
    correlationId: row.correlation_id,
    traceparent: row.traceparent,
  });
  return {};
}
