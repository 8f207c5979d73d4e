import type { JsonObject } from '../json-body.ts';
import { segmentPriceUsd, type TwilioMessage } from './twilio-rules.ts';

const categories = [
  { category: 'sms-outbound', direction: 'outbound-api', description: 'Outbound SMS' },
  { category: 'sms-inbound', direction: 'inbound', description: 'Inbound SMS' },
] as const;

const periodLength: Record<string, number> = { '/Today': 10, '/ThisMonth': 7 };

function dayOf(message: TwilioMessage): string {
  return message.createdAt.toISOString().slice(0, 10);
}

/** Twilio's usage rows: one per category, or per category and GMT day for `/Daily`; both ends inclusive. */
export function usageRecords(input: {
  messages: readonly TwilioMessage[];
  query: Readonly<Record<string, string | undefined>>;
  period: string;
  now: Date;
  accountSid: string;
}): JsonObject[] {
  const today = input.now.toISOString().slice(0, 10);
  const from = input.query['StartDate'] ?? '2000-01-01';
  const to = input.query['EndDate'] ?? today;
  const prefix = today.slice(0, periodLength[input.period] ?? 0);
  const counted = input.messages.filter(
    (message) =>
      dayOf(message) >= from && dayOf(message) <= to && dayOf(message).startsWith(prefix),
  );
  const days =
    input.period === '/Daily' ? [...new Set(counted.map(dayOf))].toSorted().toReversed() : [''];
  return days.flatMap((day) =>
    categories
      .filter((entry) => (input.query['Category'] ?? entry.category) === entry.category)
      .map((entry) => {
        const rows = counted.filter(
          (message) => message.direction === entry.direction && dayOf(message).startsWith(day),
        );
        const segments = rows.reduce((sum, message) => sum + message.segments, 0);
        return {
          account_sid: input.accountSid,
          api_version: '2010-04-01',
          as_of: input.now.toISOString(),
          category: entry.category,
          description: entry.description,
          count: String(rows.length),
          count_unit: 'messages',
          usage: String(segments),
          usage_unit: 'segments',
          price: Number((segments * segmentPriceUsd).toFixed(5)),
          price_unit: 'usd',
          start_date: day === '' ? from : day,
          end_date: day === '' ? to : day,
        };
      }),
  );
}
