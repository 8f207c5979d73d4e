import { AppError } from './errors.ts';

/**
 * An exact amount: `nanos` is 10⁻⁹ of the currency's unit, always an integer, so that a language
 * model's 0.00000015 USD a token and an invoice's 120.00 USD add up without rounding.
 */
export type Money = { readonly currency: string; readonly nanos: bigint };

const nanosPerUnit = 1_000_000_000n;
const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?$/;

export function money(currency: string, nanos: bigint): Money {
  return { currency, nanos };
}

/**
 * Reads a decimal such as `"12.5"` or `"-0.000012"`. Digits beyond the ninth are rounded half away
 * from zero. Throws `invalid_amount` on anything else, exponents and floats' `NaN` included.
 */
export function parseMoney(currency: string, decimal: string): Money {
  const match = decimalPattern.exec(decimal.trim());
  if (!match)
    throw new AppError('invalid_amount', { detail: `"${decimal}" is not a decimal amount` });
  const [, sign, whole = '0', fraction = ''] = match;
  const kept = fraction.slice(0, 9).padEnd(9, '0');
  const roundUp = fraction.charAt(9) >= '5' ? 1n : 0n;
  const magnitude = BigInt(whole) * nanosPerUnit + BigInt(kept) + roundUp;
  return { currency, nanos: sign === '-' ? -magnitude : magnitude };
}

/** A provider's floating-point number as money; `scale` divides it first (100 for cents). */
export function moneyFromNumber(currency: string, amount: number, scale: 1 | 100 = 1): Money {
  if (!Number.isFinite(amount)) {
    throw new AppError('invalid_amount', { detail: `${amount} is not an amount` });
  }
  const nanos = BigInt(Math.round((amount / scale) * 1e9));
  return { currency, nanos };
}

export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency) {
    throw new AppError('currency_mismatch', { detail: `${left.currency} and ${right.currency}` });
  }
  return { currency: left.currency, nanos: left.nanos + right.nanos };
}

/** Whole minor units (cents), rounded half away from zero: what an invoice or Stripe carries. */
export function toMinorUnits(amount: Money): bigint {
  const half = amount.nanos < 0n ? -5_000_000n : 5_000_000n;
  return (amount.nanos + half) / 10_000_000n;
}

/** The shortest exact decimal, at least two digits after the point: `"120.00"`, `"0.000012"`. */
export function formatDecimal(amount: Money): string {
  const sign = amount.nanos < 0n ? '-' : '';
  const magnitude = amount.nanos < 0n ? -amount.nanos : amount.nanos;
  const fraction = (magnitude % nanosPerUnit)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '');
  return `${sign}${magnitude / nanosPerUnit}.${fraction}`;
}
