import type { MoneyWire } from '@maxai/contracts/schemas';
import { formatDecimal, money, toMinorUnits, type Money } from '@maxai/kernel/money';

/** Stripe counts these in whole units. ISK and UGX have no cents either, but Stripe still counts them in hundredths. */
const zeroDecimal = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
);
const threeDecimal = new Set('BHD JOD KWD OMR TND'.split(' '));

function nanosPerMinorUnit(currency: string): bigint {
  if (zeroDecimal.has(currency)) return 1_000_000_000n;
  return threeDecimal.has(currency) ? 1_000_000n : 10_000_000n;
}

/** Whole minor units, as Stripe counts: cents, or what the currency has instead. */
export function moneyFromMinorUnits(currency: string, minorUnits: number): Money {
  const code = currency.toUpperCase();
  return money(code, BigInt(minorUnits) * nanosPerMinorUnit(code));
}

/** What Stripe is asked to charge, rounded half away from zero; thousandths to the ten, as Stripe demands. */
export function toStripeUnits(amount: Money): number {
  const { currency, nanos } = amount;
  if (threeDecimal.has(currency)) return Number(toMinorUnits(amount) * 10n);
  return Number(toMinorUnits(zeroDecimal.has(currency) ? money(currency, nanos / 100n) : amount));
}

export function moneyToWire(amount: Money): MoneyWire {
  return { currency: amount.currency, amount: formatDecimal(amount) };
}
