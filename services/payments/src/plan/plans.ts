import type { InferResult } from 'kysely';
import type {
  createPlan as createOperation,
  listPlans as listOperation,
} from '@maxai/contracts/http/payments';
import type { BodyOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { money } from '@maxai/kernel/money';
import { listScope, pageOf, writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { readMoney, toWireMoney } from '../money-wire.ts';
import { insertPlan, selectPlans } from './plan-store.ts';

type Plan = ResultOf<typeof createOperation>;
type Row = InferResult<ReturnType<typeof selectPlans>>[number];

function toWire(row: Row): Plan {
  return {
    id: row.id,
    name: row.name,
    basePrice: toWireMoney(money(row.currency, row.base_nanos)),
    meters: row.meters as Plan['meters'],
    createdAt: row.created_at.toISOString(),
  };
}

/** One currency a plan, one price a meter; anything else could not be added up. */
function checkPrices(body: BodyOf<typeof createOperation>): void {
  const { currency } = body.basePrice;
  if (body.meters.some(({ overage }) => overage.currency !== currency)) {
    throw new AppError('currency_mismatch', { detail: `price every meter in ${currency}` });
  }
  if (new Set(body.meters.map(({ meter }) => meter)).size < body.meters.length) {
    throw new AppError('invalid_request', { detail: 'a meter is priced twice' });
  }
}

export async function createPlan(
  ctx: Context,
  identity: Identity,
  body: BodyOf<typeof createOperation>,
): Promise<Plan> {
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'billing:write', null);
  checkPrices(body);
  const now = ctx.clock.now();
  const base = readMoney(body.basePrice);
  return ctx.db.tenant(tenantId, async (tx) => {
    const row = await insertPlan(tx, {
      id: newId('plan', { nowMs: now.getTime() }),
      tenantId,
      name: body.name,
      currency: base.currency,
      baseNanos: base.nanos,
      meters: body.meters,
      createdAt: now,
    });
    await writeAudit(tx, {
      tenantId,
      action: 'create-plan',
      identity,
      resource: row.id,
      clientId: null,
      detail: { name: body.name },
      now,
    });
    return toWire(row);
  });
}

/** Plans belong to the tenant; whoever may read billing of any client may see them. */
export async function listPlans(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof listOperation>,
): Promise<ResultOf<typeof listOperation>> {
  const scope = listScope('all', query);
  const rows = await ctx.db.read(requireTenant(identity), (tx) =>
    selectPlans(tx, scope.cursor, scope.limit),
  );
  return pageOf(rows, scope, toWire);
}
