import { parseMoney, type Money } from '@maxai/kernel/money';
import type { Twilio } from 'twilio';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, type Fetch } from '../../call-provider.ts';
import { textAt } from '../../json-reading.ts';
import type { EffectResult, MessagingPort, SentMessage } from '../../ports.ts';
import { countSegments } from './sms-segments.ts';
import { createTwilioHttpClient } from './twilio-http-client.ts';

type Message = {
  readonly sid: string;
  readonly status: string;
  readonly body: string;
  readonly numSegments: string;
  readonly price: string | null;
  readonly priceUnit: string;
};

/** What Twilio billed (a negative price), or the account's price per segment until it has. */
function vendorCost({ price, priceUnit }: Message, segments: number, segmentPrice: Money): Money {
  if (price === null) {
    return { currency: segmentPrice.currency, nanos: segmentPrice.nanos * BigInt(segments) };
  }
  const billed = parseMoney(priceUnit.toUpperCase(), price);
  return { currency: billed.currency, nanos: -billed.nanos };
}

function toResult(message: Message, segmentPrice: Money): EffectResult<SentMessage> {
  // "0" when the sender is a messaging service.
  const segments = Number(message.numSegments) || countSegments(message.body);
  return {
    externalId: message.sid,
    output: { messageId: message.sid, status: message.status, segments },
    usage: [
      {
        meter: 'sms.segments',
        quantity: segments,
        cost: vendorCost(message, segments, segmentPrice),
        externalId: message.sid,
        agentExternalId: null,
      },
    ],
  };
}

/**
 * Twilio behind `MessagingPort`. Needs `account.accountSid`, `credentials.authToken`, and
 * `account.messagingServiceSid` or `account.phoneNumber` (E.164). `account.segmentPrice` (decimal, USD) is the
 * cost of a segment until Twilio has billed it; zero when absent.
 */
export function createTwilioMessaging(config: AdapterConfig): MessagingPort {
  const accountSid = requiredField('twilio', config, 'account', 'accountSid');
  const authToken = requiredField('twilio', config, 'credentials', 'authToken');
  const messagingServiceSid = textAt(config.account, 'messagingServiceSid');
  const sender =
    messagingServiceSid === ''
      ? { from: requiredField('twilio', config, 'account', 'phoneNumber') }
      : { messagingServiceSid };
  const segmentPrice = parseMoney('USD', textAt(config.account, 'segmentPrice') || '0');
  const context = providerContext('twilio', config);

  const connect = async (fetch: Fetch): Promise<Twilio> => {
    const { default: twilio } = await import('twilio');
    const httpClient = createTwilioHttpClient(fetch, config.baseUrl);
    // The SDK only ever calls `request` on its client.
    return twilio(accountSid, authToken, { httpClient: httpClient as never, env: {} });
  };

  return {
    send: ({ to, body }, options) =>
      callProvider(context, { ...options, repeatable: false }, async (fetch) => {
        const client = await connect(fetch);
        return toResult(await client.messages.create({ ...sender, to, body }), segmentPrice);
      }),

    findSent: ({ to, body, sinceMs, exclude }, options) =>
      callProvider(context, { ...options, repeatable: true }, async (fetch) => {
        const client = await connect(fetch);
        // Newest first, and by creation: a queued message has no sent date to filter by.
        const recent = await client.messages.list({ to, limit: 100, pageSize: 100 });
        // Twilio's times are whole seconds.
        const since = Math.floor(sinceMs / 1000) * 1000;
        const found = recent.findLast(
          (message) =>
            message.body === body &&
            message.direction !== 'inbound' &&
            message.dateCreated.getTime() >= since &&
            !exclude.includes(message.sid),
        );
        return found === undefined ? null : toResult(found, segmentPrice);
      }),
  };
}
