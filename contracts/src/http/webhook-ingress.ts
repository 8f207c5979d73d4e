import { Type, type Static } from 'typebox';
import { operation } from '../operation.ts';
import {
  Id,
  JsonObject,
  NullableId,
  NullableTimestamp,
  Page,
  PageQuery,
  Provider,
  Text,
  Timestamp,
} from '../schemas.ts';

export const WebhookEvent = Type.Object({
  id: Id('webhookEvent'),
  clientId: NullableId('client'),
  connectionId: Id('connection'),
  provider: Provider,
  /** The provider’s own event name: `call_ended`, `inbound_message`, `ContactCreate`, `invoice.paid`. */
  type: Type.String(),
  dedupeKey: Type.String(),
  correlationId: Type.String(),
  receivedAt: Timestamp,
  queuedAt: NullableTimestamp,
  settledAt: NullableTimestamp,
  deliveries: Type.Integer({ minimum: 1 }),
});

const webhooks = { service: 'webhook-ingress', tag: 'Webhooks' } as const;
const byId = Type.Object({ webhookEventId: Id('webhookEvent') });

export const listWebhookEvents = operation({
  ...webhooks,
  id: 'listWebhookEvents',
  method: 'GET',
  path: '/api/webhook-events',
  audience: 'webhook:read',
  status: 200,
  summary: 'Stored deliveries, newest first',
  query: Type.Object({
    ...PageQuery,
    provider: Type.Optional(Provider),
    clientId: Type.Optional(Id('client')),
  }),
  result: Page(WebhookEvent),
});
export const getWebhookEvent = operation({
  ...webhooks,
  id: 'getWebhookEvent',
  method: 'GET',
  path: '/api/webhook-events/{webhookEventId}',
  audience: 'webhook:read',
  status: 200,
  summary: 'One stored delivery with its payload',
  params: byId,
  result: Type.Object({ ...WebhookEvent.properties, payload: JsonObject }),
});
export const replayWebhookEvent = operation({
  ...webhooks,
  id: 'replayWebhookEvent',
  method: 'POST',
  path: '/api/webhook-events/{webhookEventId}/replay',
  audience: 'webhook:replay',
  status: 202,
  summary: 'Queue a stored delivery again; effects already done are not repeated',
  params: byId,
});

export const StoredDelivery = Type.Object({
  id: Id('webhookEvent'),
  tenantId: Id('tenant'),
  clientId: NullableId('client'),
  connectionId: Id('connection'),
  provider: Provider,
  type: Type.String(),
  payload: JsonObject,
  correlationId: Text(128),
  traceparent: Text(80),
  receivedAt: Timestamp,
});
export type StoredDelivery = Static<typeof StoredDelivery>;

const internal = { service: 'webhook-ingress', tag: 'Internal', audience: 'service' } as const;
const ids = Type.Array(Id('webhookEvent'), { minItems: 1, maxItems: 500 });
export const fetchDeliveries = operation({
  ...internal,
  id: 'fetchDeliveries',
  method: 'POST',
  path: '/internal/deliveries/fetch',
  status: 200,
  summary:
    'Stored deliveries by id, for the worker that was handed the ids; unknown ids are left out',
  body: Type.Object({ ids }),
  result: Type.Object({ items: Type.Array(StoredDelivery) }),
});
export const settleDeliveries = operation({
  ...internal,
  id: 'settleDeliveries',
  method: 'POST',
  path: '/internal/deliveries/settle',
  status: 204,
  summary: 'Mark deliveries as taken over; until then the sweeper queues them again',
  body: Type.Object({ ids }),
});
