import { Type, type Static } from 'typebox';
import { UsageMeter } from '../http/billing-usage.ts';
import { CanonicalEvent } from '../events/canonical-event.ts';
import { Id, MoneyWire, NullableId, Provider, Timestamp } from '../schemas.ts';

/** Carried by every job, so that a trace and a correlation id never end at a queue. */
export const JobContext = Type.Object({
  correlationId: Type.String(),
  traceparent: Type.String(),
  tenantId: Id('tenant'),
  clientId: NullableId('client'),
});
export type JobContext = Static<typeof JobContext>;

type Payload = typeof WebhookJob | typeof ExecutionJob | typeof UsageJob | typeof PaymentEventJob;

export type QueueDefinition<S extends Payload = Payload> = {
  readonly name: string;
  readonly payload: S;
  /** Tries before the job is dead-lettered, the first included; exponential backoff from `backoffMs`. */
  readonly attemptsMax: number;
  readonly backoffMs: number;
  /** A job that is gone is queued again under its id by whoever looks after what is not done. */
  readonly queuedAgain: boolean;
};

const delivery = { context: JobContext, webhookEventId: Id('webhookEvent') };

/** Ids only: the payload stays in the store of webhook-ingress. */
export const WebhookJob = Type.Object({
  ...delivery,
  /** Deliveries that arrived with it. One that fails is left to the sweeper, which queues it by itself. */
  companions: Type.Optional(Type.Array(Type.Object(delivery), { maxItems: 24 })),
});
/** How many deliveries a job of `webhook-processing` may hold. */
export const deliveriesPerJobMax = 25;
export const ExecutionJob = Type.Object({ context: JobContext, executionId: Id('execution') });
export const UsageJob = Type.Object({
  context: JobContext,
  /** Minted by the producer; the same usage reported twice carries the same key and counts once. */
  idempotencyKey: Type.String({ maxLength: 200 }),
  meter: UsageMeter,
  quantity: Type.Integer({ minimum: 0 }),
  cost: MoneyWire,
  provider: Provider,
  externalId: Type.String(),
  agentExternalId: Type.Union([Type.String(), Type.Null()]),
  eventId: NullableId('event'),
  executionId: NullableId('execution'),
  effectId: NullableId('effect'),
  occurredAt: Timestamp,
});
export const PaymentEventJob = Type.Object({ context: JobContext, event: CanonicalEvent });
export type WebhookJob = Static<typeof WebhookJob>;
export type ExecutionJob = Static<typeof ExecutionJob>;
export type UsageJob = Static<typeof UsageJob>;
export type PaymentEventJob = Static<typeof PaymentEventJob>;

export const webhookProcessing = {
  name: 'webhook-processing',
  payload: WebhookJob,
  attemptsMax: 8,
  backoffMs: 1000,
  queuedAgain: true,
} as const satisfies QueueDefinition<typeof WebhookJob>;
export const flowExecution = {
  name: 'flow-execution',
  payload: ExecutionJob,
  attemptsMax: 8,
  backoffMs: 1000,
  queuedAgain: true,
} as const satisfies QueueDefinition<typeof ExecutionJob>;
export const usageAggregation = {
  name: 'usage-aggregation',
  payload: UsageJob,
  attemptsMax: 8,
  backoffMs: 1000,
  queuedAgain: false,
} as const satisfies QueueDefinition<typeof UsageJob>;
export const paymentEvents = {
  name: 'payment-events',
  payload: PaymentEventJob,
  attemptsMax: 8,
  backoffMs: 1000,
  queuedAgain: false,
} as const satisfies QueueDefinition<typeof PaymentEventJob>;

export const queues = [webhookProcessing, flowExecution, usageAggregation, paymentEvents] as const;
export type QueueName = (typeof queues)[number]['name'];
