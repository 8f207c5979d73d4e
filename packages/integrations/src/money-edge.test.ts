import { formatDecimal, parseMoney } from '@maxai/kernel/money';
import { expect, it } from 'vitest';
import { moneyFromMinorUnits, toStripeUnits } from './money-edge.ts';

it.each([
  ['usd', 12_000, '120.00'],
  ['jpy', 12_000, '12000.00'],
  ['kwd', 12_340, '12.34'],
  ['isk', 500, '5.00'],
  ['ugx', 500, '5.00'],
])('reads %s %i as Stripe counts it, and sends it back the same', (currency, units, amount) => {
  const read = moneyFromMinorUnits(currency, units);
  expect(read.currency).toBe(currency.toUpperCase());
  expect(formatDecimal(read)).toBe(amount);
  expect(toStripeUnits(read)).toBe(units);
});

it.each([
  ['USD', '1.005', 101],
  ['JPY', '1.5', 2],
  ['JPY', '1.499999999', 1],
  ['JPY', '-1.5', -2],
  ['KWD', '5.124', 5120],
  ['KWD', '5.125', 5130],
])('sends %s %s in what Stripe takes', (currency, amount, units) => {
  expect(toStripeUnits(parseMoney(currency, amount))).toBe(units);
});
