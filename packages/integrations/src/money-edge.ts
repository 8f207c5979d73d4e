import type { MoneyWire } from '@maxai/contracts/schemas';
import { formatDecimal, money, type Money } from '@maxai/kernel/money';

/** Whole minor units, as Stripe counts (cents). Currencies without cents are not supported. */
export function moneyFromMinorUnits(currency: string, minorUnits: number): Money {
  return money(currency.toUpperCase(), BigInt(minorUnits) * 10_000_000n);
}

export function moneyToWire(amount: Money): MoneyWire {
  return { currency: amount.currency, amount: formatDecimal(amount) };
}
