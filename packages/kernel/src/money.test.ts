import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMoney,
  formatDecimal,
  money,
  moneyFromNumber,
  parseMoney,
  toMinorUnits,
} from './money.ts';

describe('money', () => {
  it('reads and writes every exact amount unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (nanos) => {
        expect(parseMoney('USD', formatDecimal(money('USD', nanos))).nanos).toBe(nanos);
      }),
    );
  });

  it.each([
    ['120', '120.00'],
    ['-0.5', '-0.50'],
    ['0.000000150', '0.00000015'],
    ['0.0000000005', '0.000000001'],
    ['0.0000000004', '0.00'],
    [' 7.25 ', '7.25'],
  ])('reads %j as %s', (text, expected) => {
    expect(formatDecimal(parseMoney('USD', text))).toBe(expected);
  });

  it.each(['', '1e3', 'NaN', '1,5', '.5', '--1'])('refuses %j', (text) => {
    expect(() => parseMoney('USD', text)).toThrow('not a decimal amount');
  });

  it('takes a provider’s cents', () => {
    expect(moneyFromNumber('USD', 7.2, 100).nanos).toBe(72_000_000n);
    expect(moneyFromNumber('USD', 0.00012).nanos).toBe(120_000n);
    expect(() => moneyFromNumber('USD', Number.NaN)).toThrow('not an amount');
  });

  it('rounds to cents half away from zero', () => {
    expect(toMinorUnits(parseMoney('USD', '1.005'))).toBe(101n);
    expect(toMinorUnits(parseMoney('USD', '-1.005'))).toBe(-101n);
    expect(toMinorUnits(parseMoney('USD', '1.0049'))).toBe(100n);
  });

  it('adds amounts of one currency only', () => {
    expect(addMoney(money('USD', 1n), money('USD', 2n)).nanos).toBe(3n);
    expect(() => addMoney(money('USD', 1n), money('EUR', 2n))).toThrow('USD and EUR');
  });
});
