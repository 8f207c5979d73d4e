import { AppError } from '@maxai/kernel/errors';
import { addMoney, money, type Money } from '@maxai/kernel/money';

export type MeterUsage = {
  readonly meter: string;
  readonly quantity: number;
  readonly cost: Money;
};
export type PlanMeter = {
  readonly meter: string;
  readonly included: number;
  readonly overage: Money;
};
export type PricedPlan = {
  readonly name: string;
  readonly basePrice: Money;
  readonly meters: readonly PlanMeter[];
};
export type Line = {
  readonly description: string;
  readonly meter: string | null;
  readonly quantity: number;
  readonly billable: number;
  readonly unitPrice: Money;
  readonly amount: Money;
  readonly vendorCost: Money;
};
export type Valuation = {
  readonly lines: readonly Line[];
  readonly total: Money;
  readonly vendorCost: Money;
  readonly margin: Money;
};

/**
 * Prices one period exactly: the base price, then every meter of the plan with its free allowance, then
 * usage the plan does not price, at zero, so that its cost still shows. All in one currency; usage in
 * another throws `currency_mismatch`.
 */
export function valueUsage(plan: PricedPlan, usage: readonly MeterUsage[]): Valuation {
  const { currency } = plan.basePrice;
  const foreign = usage.find(({ cost }) => cost.currency !== currency);
  if (foreign) {
    throw new AppError('currency_mismatch', {
      detail: `the vendor charged ${foreign.meter} in ${foreign.cost.currency}, and ${plan.name} is priced in ${currency}: have the vendor charge in ${currency} or choose a plan in ${foreign.cost.currency}`,
    });
  }
  const zero = money(currency, 0n);
  const used = new Map(usage.map((entry) => [entry.meter, entry]));
  const priced = plan.meters.map((price) => {
    const { quantity, cost } = used.get(price.meter) ?? { quantity: 0, cost: zero };
    used.delete(price.meter);
    const billable = Math.max(0, quantity - price.included);
    return {
      description: `${price.meter}, ${price.included} included`,
      meter: price.meter,
      quantity,
      billable,
      unitPrice: price.overage,
      amount: money(price.overage.currency, price.overage.nanos * BigInt(billable)),
      vendorCost: cost,
    };
  });
  const unpriced = [...used.values()].map(({ meter, quantity, cost }) => ({
    description: `${meter}, not priced by the plan`,
    meter,
    quantity,
    billable: 0,
    unitPrice: zero,
    amount: zero,
    vendorCost: cost,
  }));
  const base = {
    description: `${plan.name}, monthly`,
    meter: null,
    quantity: 1,
    billable: 1,
    unitPrice: plan.basePrice,
    amount: plan.basePrice,
    vendorCost: zero,
  };
  const lines = [base, ...priced, ...unpriced];
  const total = lines.reduce((sum, line) => addMoney(sum, line.amount), zero);
  const vendorCost = lines.reduce((sum, line) => addMoney(sum, line.vendorCost), zero);
  return { lines, total, vendorCost, margin: money(currency, total.nanos - vendorCost.nanos) };
}

/** The UTC calendar month that contains `now`: first instant, and first instant of the next. */
export function monthOf(now: Date): { start: Date; end: Date } {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
}
