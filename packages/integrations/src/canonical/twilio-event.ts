import { money } from '@maxai/kernel/money';
import { textAt, withoutBlanks, type JsonRecord } from '../json-reading.ts';
import type { CanonicalFacts, Delivery } from './to-canonical.ts';

/** Later states never go back: apply a status only when its rank is higher. */
export const messageStatusRank: Readonly<Record<string, number>> = {
  accepted: 0,
  scheduled: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  canceled: 4,
  read: 5,
};

/** No message of Twilio's has more. */
const mediaMax = 10;

/** A whole number as the payload says it; 0 for whatever is none. */
function countAt(payload: JsonRecord, name: string): number {
  const count = Number(textAt(payload, name));
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}

/** Inbound segments are metered; Twilio prices them later, so their cost is zero here. */
export function twilioToCanonical({ type, payload, receivedAt }: Delivery): CanonicalFacts {
  const inbound = type === 'inbound_message';
  const externalId = textAt(payload, 'MessageSid');
  const segments = countAt(payload, 'NumSegments');
  const mediaCount = Math.min(countAt(payload, 'NumMedia'), mediaMax);
  const status = textAt(payload, 'MessageStatus');
  return {
    type: inbound ? 'message.received' : type === 'message_status' ? 'message.status' : 'other',
    externalId,
    occurredAt: receivedAt,
    subject: withoutBlanks({ phone: textAt(payload, inbound ? 'From' : 'To') }),
    data: {
      channel: 'sms',
      from: textAt(payload, 'From'),
      to: textAt(payload, 'To'),
      body: textAt(payload, 'Body'),
      segments,
      mediaUrls: Array.from({ length: mediaCount }, (_, index) =>
        textAt(payload, `MediaUrl${index}`),
      ).filter((url) => url !== ''),
      optOutType: textAt(payload, 'OptOutType'),
      status,
      statusRank: messageStatusRank[status] ?? 0,
      errorCode: textAt(payload, 'ErrorCode'),
    },
    usage:
      inbound && segments > 0
        ? [
            {
              meter: 'sms.segments',
              quantity: segments,
              cost: money('USD', 0n),
              externalId,
              agentExternalId: null,
            },
          ]
        : [],
  };
}
