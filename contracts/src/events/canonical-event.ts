import { Type, type Static } from 'typebox';
import { Id, JsonObject, NullableId, Provider, Timestamp } from '../schemas.ts';

/** What happened, in the platform’s own words, whichever provider said so. */
export const EventType = Type.Union([
  Type.Literal('call.started'),
  Type.Literal('call.ended'),
  Type.Literal('call.analyzed'),
  Type.Literal('message.received'),
  Type.Literal('message.status'),
  Type.Literal('contact.created'),
  Type.Literal('contact.updated'),
  Type.Literal('invoice.paid'),
  Type.Literal('invoice.payment_failed'),
  Type.Literal('other'),
]);
export type EventType = Static<typeof EventType>;

export const CanonicalEvent = Type.Object({
  id: Id('event'),
  tenantId: Id('tenant'),
  clientId: NullableId('client'),
  type: EventType,
  provider: Provider,
  connectionId: Id('connection'),
  webhookEventId: Id('webhookEvent'),
  /** The provider’s id of the call, message, contact or invoice. */
  externalId: Type.String(),
  occurredAt: Timestamp,
  correlationId: Type.String(),
  /** The person it is about, as far as the provider says. */
  subject: Type.Object({
    phone: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    externalId: Type.Optional(Type.String()),
  }),
  /** The facts of this type of event; what expressions in flows read. */
  data: JsonObject,
});
export type CanonicalEvent = Static<typeof CanonicalEvent>;
