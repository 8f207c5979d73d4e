import type { InferResult } from 'kysely';
import { getClient } from '@maxai/contracts/http/iam';
import type {
  createSubscription as createOperation,
  listSubscriptions as listOperation,
} from '@maxai/contracts/http/payments';
import type { BodyOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  serviceIdentity,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { isUniqueViolation, listScope, pageOf, writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { findPlan } from '../plan/plan-store.ts';
import { findSubscription, insertSubscription, selectSubscriptions } from './subscription-store.ts';

type Subscription = ResultOf<typeof createOperation>;
type Row = InferResult<ReturnType<typeof selectSubscriptions>>[number];

function toWire(row: Row): Subscription {
  return {
    id: row.id,
    clientId: row.client_id,
    planId: row.plan_id,
    planName: row.name,
    externalCustomerId: row.external_customer_id,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

export async function createSubscription(
  ctx: Context,
  identity: Identity,
  body: BodyOf<typeof createOperation>,
): Promise<Subscription> {
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'billing:write', body.clientId);
  const asService = serviceIdentity('payments', tenantId);
  await ctx.iam.call(getClient, { identity: asService, params: { clientId: body.clientId } });
  const now = ctx.clock.now();
  const id = newId('subscription', { nowMs: now.getTime() });
  try {
    return await ctx.db.tenant(tenantId, async (tx) => {
      if (!(await findPlan(tx, body.planId))) throw notFound();
      const externalCustomerId = body.externalCustomerId ?? null;
      await insertSubscription(tx, { ...body, id, tenantId, externalCustomerId, startedAt: now });
      await writeAudit(tx, {
        tenantId,
        action: 'create-subscription',
        identity,
        resource: id,
        clientId: body.clientId,
        detail: { planId: body.planId },
        now,
      });
      const row = await findSubscription(tx, id);
      // Inserted three lines up, in this very transaction.
      return toWire(row as Row);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('already_exists', { detail: 'the client has a live subscription' });
  }
}

export async function listSubscriptions(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof listOperation>,
): Promise<ResultOf<typeof listOperation>> {
  const scope = listScope(visibleClients(identity, 'billing:read'), query);
  const rows = await ctx.db.read(requireTenant(identity), (tx) => selectSubscriptions(tx, scope));
  return pageOf(rows, scope, toWire);
}
