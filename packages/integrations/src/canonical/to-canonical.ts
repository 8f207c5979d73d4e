import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { StoredDelivery } from '@maxai/contracts/http/webhook-ingress';
import type { Provider } from '@maxai/contracts/schemas';
import type { MeteredUsage } from '../ports.ts';
import { highlevelToCanonical } from './highlevel-event.ts';
import { n8nToCanonical } from './n8n-event.ts';
import { retellToCanonical } from './retell-event.ts';
import { stripeToCanonical } from './stripe-event.ts';
import { twilioToCanonical } from './twilio-event.ts';

export type Delivery = Pick<StoredDelivery, 'provider' | 'type' | 'payload' | 'receivedAt'>;

/** What a delivery says, without the ids only the platform knows. */
export type CanonicalFacts = Pick<
  CanonicalEvent,
  'type' | 'externalId' | 'occurredAt' | 'subject' | 'data'
> & { readonly usage: readonly MeteredUsage[] };

const mappings: Readonly<Partial<Record<Provider, (delivery: Delivery) => CanonicalFacts>>> = {
  retell: retellToCanonical,
  twilio: twilioToCanonical,
  highlevel: highlevelToCanonical,
  stripe: stripeToCanonical,
  n8n: n8nToCanonical,
};

/** What comes from a provider that posts no webhooks is kept as it is. */
function keepAsOther({ payload, receivedAt }: Delivery): CanonicalFacts {
  return {
    type: 'other',
    externalId: '',
    occurredAt: receivedAt,
    subject: {},
    data: payload,
    usage: [],
  };
}

/** A stored delivery in the platform's own words. Pure; `receivedAt` stands in where the payload has no time. */
export function toCanonical(delivery: Delivery): CanonicalFacts {
  return (mappings[delivery.provider] ?? keepAsOther)(delivery);
}
