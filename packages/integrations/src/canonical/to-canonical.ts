import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { StoredDelivery } from '@maxai/contracts/http/webhook-ingress';
import type { MeteredUsage } from '../ports.ts';
import { highlevelToCanonical } from './highlevel-event.ts';
import { retellToCanonical } from './retell-event.ts';
import { stripeToCanonical } from './stripe-event.ts';
import { twilioToCanonical } from './twilio-event.ts';

export type Delivery = Pick<StoredDelivery, 'provider' | 'type' | 'payload' | 'receivedAt'>;

/** What a delivery says, without the ids only the platform knows. */
export type CanonicalFacts = Pick<
  CanonicalEvent,
  'type' | 'externalId' | 'occurredAt' | 'subject' | 'data'
> & { readonly usage: readonly MeteredUsage[] };

/** A stored delivery in the platform's own words. Pure; `receivedAt` stands in where the payload has no time. */
export function toCanonical(delivery: Delivery): CanonicalFacts {
  switch (delivery.provider) {
    case 'retell':
      return retellToCanonical(delivery);
    case 'twilio':
      return twilioToCanonical(delivery);
    case 'highlevel':
      return highlevelToCanonical(delivery);
    case 'stripe':
      return stripeToCanonical(delivery);
    default:
      return {
        type: 'other',
        externalId: '',
        occurredAt: delivery.receivedAt,
        subject: {},
        data: delivery.payload,
        usage: [],
      };
  }
}
