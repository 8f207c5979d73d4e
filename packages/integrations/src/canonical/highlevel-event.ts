import type { EventType } from '@maxai/contracts/events/canonical-event';
import { recordAt, textAt, withoutBlanks } from '../json-reading.ts';
import type { CanonicalFacts, Delivery } from './to-canonical.ts';

const contactTypes: Readonly<Record<string, EventType>> = {
  ContactCreate: 'contact.created',
  ContactUpdate: 'contact.updated',
  ContactTagUpdate: 'contact.updated',
  ContactDndUpdate: 'contact.updated',
};

/** A message's `type` can contradict its `direction`; direction and message type are what holds. */
function eventType({ type, payload }: Delivery): EventType {
  if (type !== 'InboundMessage' && type !== 'OutboundMessage') return contactTypes[type] ?? 'other';
  const inbound = textAt(payload, 'direction') === 'inbound';
  return inbound && textAt(payload, 'messageType').toUpperCase() !== 'CALL'
    ? 'message.received'
    : 'other';
}

/** The first of the payload's times that can be read. */
function happenedAt({ payload, receivedAt }: Delivery): string {
  const times = [textAt(payload, 'timestamp'), textAt(payload, 'dateAdded')];
  const valid = times.find((time) => !Number.isNaN(Date.parse(time))) ?? receivedAt;
  return new Date(valid).toISOString();
}

export function highlevelToCanonical(delivery: Delivery): CanonicalFacts {
  const { payload } = delivery;
  const type = eventType(delivery);
  const isContact = type === 'contact.created' || type === 'contact.updated';
  const id = textAt(payload, 'id');
  return {
    type,
    externalId:
      textAt(payload, 'messageId') || id || textAt(recordAt(payload, 'appointment'), 'id'),
    occurredAt: happenedAt(delivery),
    subject: withoutBlanks({
      phone: textAt(payload, 'phone'),
      email: textAt(payload, 'email'),
      name: textAt(payload, 'name'),
      externalId: isContact ? id : textAt(payload, 'contactId'),
    }),
    data: payload,
    usage: [],
  };
}
