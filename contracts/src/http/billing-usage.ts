import { Type } from 'typebox';
import { operation } from '../operation.ts';
import {
  Id,
  MoneyWire,
  Nullable,
  NullableId,
  NullableTimestamp,
  Page,
  PageQuery,
  Provider,
  Timestamp,
} from '../schemas.ts';

export const UsageMeter = Type.Union([
  Type.Literal('voice.seconds'),
  Type.Literal('sms.segments'),
  Type.Literal('llm.input_tokens'),
  Type.Literal('llm.output_tokens'),
]);
export const UsageEvent = Type.Object({
  id: Id('usageEvent'),
  clientId: NullableId('client'),
  /** The provider’s id of the agent that used it, such as Retell’s `agent_id`. */
  agentExternalId: Nullable(Type.String()),
  meter: UsageMeter,
  quantity: Type.Integer({ minimum: 0 }),
  /** What the vendor charges us for it. */
  cost: MoneyWire,
  provider: Provider,
  /** The provider’s id of what was used: call id, message SID, generation id. */
  externalId: Type.String(),
  eventId: NullableId('event'),
  executionId: NullableId('execution'),
  effectId: NullableId('effect'),
  occurredAt: Timestamp,
});
export const UsageTotal = Type.Object({
  clientId: NullableId('client'),
  meter: UsageMeter,
  day: Type.String({ format: 'date' }),
  quantity: Type.Integer(),
  cost: MoneyWire,
});

export const UsageDeadLetter = Type.Object({
  id: Id('deadLetter'),
  clientId: NullableId('client'),
  meter: UsageMeter,
  provider: Provider,
  /** The provider’s id of what was used. */
  externalId: Type.String(),
  reason: Type.String(),
  createdAt: Timestamp,
  replayedAt: NullableTimestamp,
});

const usage = { service: 'billing-usage', tag: 'Usage' } as const;
const range = { from: Type.Optional(Timestamp), to: Type.Optional(Timestamp) };
export const listUsageEvents = operation({
  ...usage,
  id: 'listUsageEvents',
  method: 'GET',
  path: '/api/usage/events',
  audience: 'usage:read',
  status: 200,
  summary: 'Metered usage, newest first',
  query: Type.Object({
    ...PageQuery,
    ...range,
    clientId: Type.Optional(Id('client')),
    executionId: Type.Optional(Id('execution')),
    eventId: Type.Optional(Id('event')),
  }),
  result: Page(UsageEvent),
});
export const getUsageSummary = operation({
  ...usage,
  id: 'getUsageSummary',
  method: 'GET',
  path: '/api/usage/summary',
  audience: 'usage:read',
  status: 200,
  summary:
    'Daily rollups per client and meter; `from` and `to` are UTC days, `to` excluded; the last 31 days unless told, 92 at most',
  query: Type.Object({ ...range, clientId: Type.Optional(Id('client')) }),
  result: Type.Object({ items: Type.Array(UsageTotal) }),
});
export const listUsageDeadLetters = operation({
  ...usage,
  id: 'listUsageDeadLetters',
  method: 'GET',
  path: '/api/usage/dead-letters',
  audience: 'usage:read',
  status: 200,
  summary: 'Uses that could not be counted, each with its reason',
  query: Type.Object(PageQuery),
  result: Page(UsageDeadLetter),
});
export const replayUsageDeadLetter = operation({
  ...usage,
  id: 'replayUsageDeadLetter',
  method: 'POST',
  path: '/api/usage/dead-letters/{deadLetterId}/replay',
  audience: 'billing:write',
  status: 202,
  summary: 'Try to count it again; a use is counted once',
  params: Type.Object({ deadLetterId: Id('deadLetter') }),
  result: UsageDeadLetter,
});

export const getUsageTotals = operation({
  service: 'billing-usage',
  tag: 'Internal',
  audience: 'service',
  id: 'getUsageTotals',
  method: 'GET',
  path: '/internal/usage/totals',
  status: 200,
  summary: 'Exact totals of a client in [from, to), from the events, for pricing',
  query: Type.Object({ clientId: Id('client'), from: Timestamp, to: Timestamp }),
  result: Type.Object({
    items: Type.Array(
      Type.Object({ meter: UsageMeter, quantity: Type.Integer(), cost: MoneyWire }),
    ),
  }),
});
