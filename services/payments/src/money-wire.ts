import type { MoneyWire } from '@maxai/contracts/schemas';
import { formatDecimal, parseMoney, type Money } from '@maxai/kernel/money';

export function toWireMoney(amount: Money): MoneyWire {
  return { currency: amount.currency, amount: formatDecimal(amount) };
}

export function readMoney(wire: MoneyWire): Money {
  return parseMoney(wire.currency, wire.amount);
}
