import { Type } from 'typebox';
import { EventType } from '../events/canonical-event.ts';
import { FlowDocument } from '../flows/flow-document.ts';
import { operation } from '../operation.ts';
import {
  Id,
  JsonObject,
  MoneyWire,
  Nullable,
  NullableId,
  NullableTimestamp,
  Page,
  PageQuery,
  Provider,
  Text,
  Timestamp,
} from '../schemas.ts';

export const Flow = Type.Object({
  id: Id('flow'),
  clientId: NullableId('client'),
  name: Text(200),
  status: Type.Union([Type.Literal('draft'), Type.Literal('active'), Type.Literal('archived')]),
  version: Type.Integer({ minimum: 1 }),
  document: FlowDocument,
  createdAt: Timestamp,
});
export const PlatformEvent = Type.Object({
  id: Id('event'),
  clientId: NullableId('client'),
  type: EventType,
  provider: Provider,
  connectionId: Id('connection'),
  webhookEventId: Id('webhookEvent'),
  /** The provider’s id of the call, message, contact or invoice. */
  externalId: Type.String(),
  occurredAt: Timestamp,
  correlationId: Type.String(),
  subject: JsonObject,
  data: JsonObject,
});
export const ExecutionStatus = Type.Union([
  Type.Literal('queued'),
  Type.Literal('running'),
  Type.Literal('succeeded'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export const Execution = Type.Object({
  id: Id('execution'),
  clientId: NullableId('client'),
  flowId: Id('flow'),
  flowName: Type.String(),
  flowVersion: Type.Integer(),
  eventId: Id('event'),
  eventType: EventType,
  status: ExecutionStatus,
  correlationId: Type.String(),
  createdAt: Timestamp,
  startedAt: NullableTimestamp,
  finishedAt: NullableTimestamp,
  failure: Nullable(Type.Object({ step: Type.String(), reason: Type.String() })),
});
export const StepRun = Type.Object({
  id: Id('step'),
  key: Type.String(),
  action: Type.String(),
  status: Type.Union([
    Type.Literal('running'),
    Type.Literal('succeeded'),
    Type.Literal('skipped'),
    Type.Literal('failed'),
  ]),
  attempts: Type.Integer(),
  input: Nullable(JsonObject),
  output: Nullable(JsonObject),
  error: Nullable(Type.String()),
  startedAt: Timestamp,
  finishedAt: NullableTimestamp,
});
/** One outside effect: what was asked of which provider, and the provider’s id of what it did. */
export const Effect = Type.Object({
  id: Id('effect'),
  executionId: Id('execution'),
  clientId: NullableId('client'),
  stepKey: Type.String(),
  action: Type.String(),
  provider: Provider,
  connectionId: Id('connection'),
  status: Type.Union([Type.Literal('attempting'), Type.Literal('done'), Type.Literal('failed')]),
  externalId: Nullable(Type.String()),
  cost: Nullable(MoneyWire),
  request: JsonObject,
  response: Nullable(JsonObject),
  createdAt: Timestamp,
});
export const DeadLetter = Type.Object({
  id: Id('deadLetter'),
  kind: Type.Union([Type.Literal('delivery'), Type.Literal('execution')]),
  /** Webhook event id or execution id. */
  subjectId: Type.String(),
  reason: Type.String(),
  attempts: Type.Integer(),
  createdAt: Timestamp,
  replayedAt: NullableTimestamp,
});

const flows = { service: 'orchestrator', tag: 'Flows' } as const;
const flowById = Type.Object({ flowId: Id('flow') });
export const listFlows = operation({
  ...flows,
  id: 'listFlows',
  method: 'GET',
  path: '/api/flows',
  audience: 'flow:read',
  status: 200,
  summary: 'Flows with their current version',
  query: Type.Object({ ...PageQuery, clientId: Type.Optional(Id('client')) }),
  result: Page(Flow),
});
export const createFlow = operation({
  ...flows,
  id: 'createFlow',
  method: 'POST',
  path: '/api/flows',
  audience: 'flow:write',
  status: 201,
  summary: 'Create a draft flow; the document is checked, expressions included',
  body: Type.Object(
    { name: Text(200), clientId: Type.Optional(NullableId('client')), document: FlowDocument },
    { additionalProperties: false },
  ),
  result: Flow,
});
export const getFlow = operation({
  ...flows,
  id: 'getFlow',
  method: 'GET',
  path: '/api/flows/{flowId}',
  audience: 'flow:read',
  status: 200,
  summary: 'One flow',
  params: flowById,
  result: Flow,
});
export const setFlowStatus = operation({
  ...flows,
  id: 'setFlowStatus',
  method: 'PUT',
  path: '/api/flows/{flowId}/status',
  audience: 'flow:write',
  status: 200,
  summary: 'Activate, or archive, a flow',
  params: flowById,
  body: Type.Object(
    { status: Type.Union([Type.Literal('active'), Type.Literal('archived')]) },
    { additionalProperties: false },
  ),
  result: Flow,
});

const runs = { service: 'orchestrator', tag: 'Executions' } as const;
export const listEvents = operation({
  ...runs,
  id: 'listEvents',
  method: 'GET',
  path: '/api/events',
  audience: 'execution:read',
  status: 200,
  summary: 'Canonical events (calls, messages, contacts, invoices), newest first',
  query: Type.Object({
    ...PageQuery,
    type: Type.Optional(EventType),
    clientId: Type.Optional(Id('client')),
    webhookEventId: Type.Optional(Id('webhookEvent')),
    externalId: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  result: Page(PlatformEvent),
});
export const getEvent = operation({
  ...runs,
  id: 'getEvent',
  method: 'GET',
  path: '/api/events/{eventId}',
  audience: 'execution:read',
  status: 200,
  summary: 'One canonical event and the executions it started',
  params: Type.Object({ eventId: Id('event') }),
  result: Type.Object({ ...PlatformEvent.properties, executions: Type.Array(Execution) }),
});
const executionById = Type.Object({ executionId: Id('execution') });
export const listExecutions = operation({
  ...runs,
  id: 'listExecutions',
  method: 'GET',
  path: '/api/executions',
  audience: 'execution:read',
  status: 200,
  summary: 'Flow executions, newest first',
  query: Type.Object({
    ...PageQuery,
    status: Type.Optional(ExecutionStatus),
    clientId: Type.Optional(Id('client')),
    flowId: Type.Optional(Id('flow')),
  }),
  result: Page(Execution),
});
export const getExecution = operation({
  ...runs,
  id: 'getExecution',
  method: 'GET',
  path: '/api/executions/{executionId}',
  audience: 'execution:read',
  status: 200,
  summary: 'One execution with its steps and effects',
  params: executionById,
  result: Type.Object({
    ...Execution.properties,
    steps: Type.Array(StepRun),
    effects: Type.Array(Effect),
  }),
});
export const cancelExecution = operation({
  ...runs,
  id: 'cancelExecution',
  method: 'POST',
  path: '/api/executions/{executionId}/cancel',
  audience: 'execution:write',
  status: 200,
  summary: 'Stop before the next step',
  params: executionById,
  result: Execution,
});
export const retryExecution = operation({
  ...runs,
  id: 'retryExecution',
  method: 'POST',
  path: '/api/executions/{executionId}/retry',
  audience: 'execution:write',
  status: 202,
  summary: 'Run a failed execution again from the step that failed',
  params: executionById,
  result: Execution,
});
export const listEffects = operation({
  ...runs,
  id: 'listEffects',
  method: 'GET',
  path: '/api/effects',
  audience: 'execution:read',
  status: 200,
  summary: 'Outside effects (messages sent, contacts written, bookings), newest first',
  query: Type.Object({
    ...PageQuery,
    action: Type.Optional(Type.String({ maxLength: 80 })),
    clientId: Type.Optional(Id('client')),
  }),
  result: Page(Effect),
});
export const getEffect = operation({
  ...runs,
  id: 'getEffect',
  method: 'GET',
  path: '/api/effects/{effectId}',
  audience: 'execution:read',
  status: 200,
  summary: 'One outside effect',
  params: Type.Object({ effectId: Id('effect') }),
  result: Effect,
});
export const listDeadLetters = operation({
  ...runs,
  id: 'listDeadLetters',
  method: 'GET',
  path: '/api/dead-letters',
  audience: 'execution:read',
  status: 200,
  summary: 'What failed for good, each with its reason',
  query: Type.Object(PageQuery),
  result: Page(DeadLetter),
});
export const replayDeadLetter = operation({
  ...runs,
  id: 'replayDeadLetter',
  method: 'POST',
  path: '/api/dead-letters/{deadLetterId}/replay',
  audience: 'execution:write',
  status: 202,
  summary: 'Try it again; effects already done are not repeated',
  params: Type.Object({ deadLetterId: Id('deadLetter') }),
  result: DeadLetter,
});
export const listQueues = operation({
  service: 'orchestrator',
  tag: 'Platform',
  id: 'listQueues',
  method: 'GET',
  path: '/api/admin/queues',
  audience: 'platform:read',
  status: 200,
  summary: 'Depth of every queue',
  result: Type.Object({
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        waiting: Type.Integer(),
        active: Type.Integer(),
        delayed: Type.Integer(),
        failed: Type.Integer(),
      }),
    ),
  }),
});
