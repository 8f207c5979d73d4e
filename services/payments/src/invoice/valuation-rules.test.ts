import { formatDecimal, money, parseMoney } from '@maxai/kernel/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthOf, valueUsage } from './valuation-rules.ts';

const usd = (amount: string) => parseMoney('USD', amount);
const plan = {
  name: 'Starter',
  basePrice: usd('99.00'),
  meters: [{ meter: 'voice.seconds', included: 600, overage: usd('0.0025') }],
};

describe('valueUsage', () => {
  it('charges what is beyond the allowance, exactly', () => {
    const { lines, total, vendorCost, margin } = valueUsage(plan, [
      { meter: 'voice.seconds', quantity: 601, cost: usd('0.072') },
    ]);
    expect(lines.map((line) => formatDecimal(line.amount))).toEqual(['99.00', '0.0025']);
    expect([total, vendorCost, margin].map(formatDecimal)).toEqual(['99.0025', '0.072', '98.9305']);
  });

  it('charges nothing inside the allowance, and shows the meter all the same', () => {
    const { lines, total } = valueUsage(plan, []);
    expect(lines).toHaveLength(2);
    expect(formatDecimal(total)).toBe('99.00');
  });

  it('shows what the plan does not price with its cost', () => {
    const { lines, margin } = valueUsage(plan, [
      { meter: 'sms.segments', quantity: 2, cost: usd('0.0158') },
    ]);
    expect(lines.at(-1)).toMatchObject({ meter: 'sms.segments', billable: 0 });
    expect(formatDecimal(margin)).toBe('98.9842');
  });

  it('refuses to add up two currencies', () => {
    const usage = [{ meter: 'voice.seconds', quantity: 1, cost: parseMoney('EUR', '1.00') }];
    expect(() => valueUsage(plan, usage)).toThrow('EUR');
  });

  it('refuses a meter that was charged in two currencies, whichever comes last', () => {
    const usage = (['EUR', 'USD'] as const).map((currency) => ({
      meter: 'voice.seconds',
      quantity: 1,
      cost: parseMoney(currency, '1.00'),
    }));
    for (const rows of [usage, usage.toReversed()]) {
      expect(() => valueUsage(plan, rows)).toThrow(
        'the vendor charged voice.seconds in EUR, and Starter is priced in USD: have the vendor charge in USD',
      );
    }
  });

  it('always sums to its lines', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.bigInt({ min: 0n, max: 10n ** 12n }), (quantity, nanos) => {
        const { lines, total, vendorCost } = valueUsage(plan, [
          { meter: 'voice.seconds', quantity, cost: money('USD', nanos) },
        ]);
        expect(lines.reduce((sum, line) => sum + line.amount.nanos, 0n)).toBe(total.nanos);
        expect(vendorCost.nanos).toBe(nanos);
      }),
    );
  });
});

it('takes the UTC calendar month', () => {
  const { start, end } = monthOf(new Date('2026-12-31T23:59:59Z'));
  expect([start.toISOString(), end.toISOString()]).toEqual([
    '2026-12-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ]);
});
