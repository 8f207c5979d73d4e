import { getUsageTotals } from '@maxai/contracts/http/billing-usage';
import type { previewInvoice as operation } from '@maxai/contracts/http/payments';
import type { ResultOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  serviceIdentity,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import type { Context } from '../context.ts';
import { readMoney, toWireMoney } from '../money-wire.ts';
import { toPricedPlan } from '../plan/plan-store.ts';
import { findSubscription } from '../subscription/subscription-store.ts';
import { monthOf, valueUsage } from './valuation-rules.ts';

type Preview = ResultOf<typeof operation>;

/** The invoice as it would be issued for the current month, from the exact usage so far. */
export async function previewInvoice(
  ctx: Context,
  identity: Identity,
  subscriptionId: string,
): Promise<Preview> {
  const tenantId = requireTenant(identity);
  const found = await ctx.db.tenant(tenantId, (tx) => findSubscription(tx, subscriptionId));
  if (!found) throw notFound();
  requirePermission(identity, 'billing:read', found.client_id);
  const { start, end } = monthOf(ctx.clock.now());
  const { items } = await ctx.billingUsage.call(getUsageTotals, {
    identity: serviceIdentity('payments', tenantId),
    query: { clientId: found.client_id, from: start.toISOString(), to: end.toISOString() },
  });
  const usage = items.map(({ meter, quantity, cost }) => ({
    meter,
    quantity,
    cost: readMoney(cost),
  }));
  const valuation = valueUsage(toPricedPlan(found), usage);
  return {
    subscriptionId,
    clientId: found.client_id,
    periodStart: start.toISOString(),
    periodEnd: end.toISOString(),
    lines: valuation.lines.map((line) => ({
      ...line,
      // A meter is one of the contract's: usage and plans were checked against it.
      meter: line.meter as Preview['lines'][number]['meter'],
      unitPrice: toWireMoney(line.unitPrice),
      amount: toWireMoney(line.amount),
      vendorCost: toWireMoney(line.vendorCost),
    })),
    total: toWireMoney(valuation.total),
    vendorCost: toWireMoney(valuation.vendorCost),
    margin: toWireMoney(valuation.margin),
  };
}
