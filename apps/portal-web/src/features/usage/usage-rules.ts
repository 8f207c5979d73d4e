import type { AnswerOf } from '@maxai/api-client';
import { addMoney, formatDecimal, money, parseMoney } from '@maxai/kernel/money';
import type { Bar } from '@maxai/ui/bar-chart';
import { formatMoney, type MoneyValue } from '@maxai/ui/money';

type Total = AnswerOf<'getUsageSummary'>['items'][number];

/** The exact sum; an empty one is zero US dollars. */
export function sumCost(totals: readonly { readonly cost: MoneyValue }[]): MoneyValue {
  const currency = totals[0]?.cost.currency ?? 'USD';
  const sum = totals.reduce(
    (before, { cost }) => addMoney(before, parseMoney(cost.currency, cost.amount)),
    money(currency, 0n),
  );
  return { currency, amount: formatDecimal(sum) };
}

const meterUnits = {
  'voice.seconds': 'seconds of voice',
  'sms.segments': 'SMS segments',
  'llm.input_tokens': 'tokens read',
  'llm.output_tokens': 'tokens written',
} as const satisfies Record<Total['meter'], string>;

const meters = [
  { meter: 'voice.seconds', name: 'Voice' },
  { meter: 'sms.segments', name: 'Messages' },
  { meter: 'llm.input_tokens', name: 'Language model, read' },
  { meter: 'llm.output_tokens', name: 'Language model, written' },
] as const;

/** `1,234 tokens read`. */
export function describeQuantity(meter: Total['meter'], quantity: number): string {
  return `${quantity.toLocaleString('en')} ${meterUnits[meter]}`;
}

/** What was used of each meter, all clients together, by the meter's name. */
export function describeTotals(totals: readonly Total[]): Record<string, string> {
  return Object.fromEntries(
    meters.map(({ meter, name }) => {
      const ofMeter = totals.filter((total) => total.meter === meter);
      const quantity = ofMeter.reduce((sum, total) => sum + total.quantity, 0);
      return [name, describeQuantity(meter, quantity)];
    }),
  );
}

/** Midnight (UTC) `daysAgo` days before `now`. */
export function startOfDay(now: Date, daysAgo: number): string {
  const day = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - daysAgo);
  return new Date(day).toISOString();
}

/** Vendor cost per day, `days` days up to today, days without usage included. */
export function dailyBars(totals: readonly Total[], now: Date, days: number): Bar[] {
  return Array.from({ length: days }, (_, index) => {
    const label = startOfDay(now, days - 1 - index).slice(0, 10);
    const cost = sumCost(totals.filter((total) => total.day === label));
    return { label, value: Number(cost.amount), title: `${label}: ${formatMoney(cost)}` };
  });
}
