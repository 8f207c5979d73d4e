import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { StoredDelivery } from '@maxai/contracts/http/webhook-ingress';
import type { JobContext } from '@maxai/contracts/jobs/queues';
import { toCanonical, type CanonicalFacts } from '@maxai/integrations/canonical/to-canonical';
import { newId } from '@maxai/kernel/ids';
import { openSpan, type OpenSpan } from '@maxai/runtime/telemetry';
import type { WorkerContext } from '../context.ts';
import { insertDeadLetters, type NewDeadLetter } from '../dead-letter/dead-letter-store.ts';
import { acceptRunResults } from '../effect/accept-run-results.ts';
import { usageJob } from '../effect/effect-rules.ts';
import type { DueExecution } from '../execution/execution-job.ts';
import { insertExecutions, type NewExecution } from '../execution/execution-store.ts';
import { compileExpression } from '../expression/expression.ts';
import { activeFlows, type ActiveFlow } from '../flow/flow-store.ts';
import { insertOutbox, type OutboxJob } from '../outbox/outbox-store.ts';
import { mayStart } from './event-rules.ts';
import { insertEvents } from './event-store.ts';

type Translated = {
  readonly event: CanonicalEvent;
  readonly usage: CanonicalFacts['usage'];
  readonly context: JobContext;
};

type Taken = { readonly delivery: StoredDelivery; readonly span: OpenSpan };

/** Its own span in its own trace, although deliveries of many traces are taken over together. */
function take(delivery: StoredDelivery): Taken {
  const { traceparent, provider } = delivery;
  const attributes = { 'maxai.provider': provider };
  const span = openSpan({ name: 'take over delivery', kind: 'internal', traceparent, attributes });
  return { delivery, span };
}

function translate({ delivery, span: { traceparent } }: Taken): Translated {
  const { usage, ...facts } = toCanonical(delivery);
  const { tenantId, clientId, correlationId } = delivery;
  return {
    event: {
      id: newId('event'),
      tenantId,
      clientId,
      provider: delivery.provider,
      connectionId: delivery.connectionId,
      webhookEventId: delivery.id,
      correlationId,
      ...facts,
    },
    usage,
    context: { correlationId, traceparent, tenantId, clientId },
  };
}

type Unreadable = { readonly delivery: StoredDelivery; readonly error: unknown };

function deadLetter({ delivery, error }: Unreadable): NewDeadLetter {
  return {
    id: newId('deadLetter'),
    tenantId: delivery.tenantId,
    clientId: delivery.clientId,
    kind: 'delivery',
    subjectId: delivery.id,
    reason: `the ${delivery.provider} payload cannot be read: ${String(error)}`,
    attempts: 1,
    correlationId: delivery.correlationId,
  };
}

/** Jobs that must follow from an event exactly once: metered usage, and what payments books. */
function jobsOf({ event, usage, context }: Translated): OutboxJob[] {
  const jobs: OutboxJob[] = usage.map((item) =>
    usageJob(item, {
      // The call's own id: the same usage told by two deliveries counts once.
      key: `${event.connectionId}.${item.externalId}`,
      context,
      provider: event.provider,
      eventId: event.id,
      executionId: null,
      effectId: null,
      occurredAt: event.occurredAt,
    }),
  );
  const isPayment = event.type === 'invoice.paid' || event.type === 'invoice.payment_failed';
  if (isPayment) jobs.push({ queue: 'payment-events', id: event.id, payload: { context, event } });
  return jobs;
}

/** Whether the filter lets the event pass; a filter that fails is a failed execution, never a silent no. */
async function startOf(flow: ActiveFlow, { event, context }: Translated): Promise<NewExecution[]> {
  const execution = {
    id: newId('execution'),
    tenantId: event.tenantId,
    clientId: event.clientId,
    flowId: flow.id,
    flowVersionId: flow.versionId,
    eventId: event.id,
    correlationId: event.correlationId,
    traceparent: context.traceparent,
    failure: null,
  };
  const { filter = 'true' } = flow.document.trigger;
  try {
    const passes = await compileExpression(filter).evaluate({ event, steps: {} });
    return passes === true ? [execution] : [];
  } catch (error) {
    return [{ ...execution, failure: { step: 'trigger', reason: (error as Error).message } }];
  }
}

async function startsOf(flows: readonly ActiveFlow[], of: Translated): Promise<NewExecution[]> {
  const fitting = flows.filter((flow) => mayStart(flow, of.event));
  return (await Promise.all(fitting.map((flow) => startOf(flow, of)))).flat();
}

type Batch = {
  readonly translated: readonly Translated[];
  readonly unreadable: readonly Unreadable[];
};

function translateAll(taken: readonly Taken[]): Batch {
  const translated: Translated[] = [];
  const unreadable: Unreadable[] = [];
  for (const one of taken) {
    try {
      translated.push(translate(one));
    } catch (error) {
      one.span.end(error);
      unreadable.push({ delivery: one.delivery, error });
    }
  }
  return { translated, unreadable };
}

/** Returns the ids of the events that were new and the executions to queue. */
async function store(
  ctx: Pick<WorkerContext, 'db' | 'clock'>,
  tenantId: string,
  { translated, unreadable }: Batch,
): Promise<{ inserted: ReadonlySet<string>; due: readonly DueExecution[] }> {
  const nothing = { inserted: new Set<string>(), due: [] };
  return ctx.db.tenant(tenantId, async (tx) => {
    const now = ctx.clock.now();
    if (unreadable.length > 0) await insertDeadLetters(tx, unreadable.map(deadLetter), now);
    if (translated.length === 0) return nothing;
    const events = translated.map(({ event }) => event);
    const [inserted, flows] = await Promise.all([
      insertEvents(tx, tenantId, events, now),
      activeFlows(tx, [...new Set(events.map(({ type }) => type))]),
    ]);
    const fresh = translated.filter(({ event }) => inserted.has(event.id));
    if (fresh.length === 0) return nothing;
    const starts = (await Promise.all(fresh.map((item) => startsOf(flows, item)))).flat();
    const [resumed] = await Promise.all([
      acceptRunResults(
        tx,
        fresh.map(({ event }) => event),
      ),
      insertExecutions(tx, starts, now),
      insertOutbox(tx, tenantId, fresh.flatMap(jobsOf), now),
    ]);
    return { inserted, due: [...starts.filter(({ failure }) => failure === null), ...resumed] };
  });
}

/**
 * Takes over deliveries of one tenant in one transaction: events, the executions they start and the jobs
 * that follow. A delivery that was taken over before changes nothing; one that cannot be read becomes a
 * dead letter. Returns the executions to queue: those that start and those whose workflow has answered.
 */
export async function intakeDeliveries(
  ctx: Pick<WorkerContext, 'db' | 'clock' | 'eventsProcessed'>,
  tenantId: string,
  deliveries: readonly StoredDelivery[],
): Promise<readonly DueExecution[]> {
  const taken = deliveries.map(take);
  const batch = translateAll(taken);
  try {
    const { inserted, due } = await store(ctx, tenantId, batch);
    for (const { event } of batch.translated) {
      const outcome = inserted.has(event.id) ? 'processed' : 'duplicate';
      ctx.eventsProcessed.inc({ provider: event.provider, outcome });
    }
    for (const { delivery } of batch.unreadable) {
      ctx.eventsProcessed.inc({ provider: delivery.provider, outcome: 'unreadable' });
    }
    for (const { span } of taken) span.end();
    return due;
  } catch (error) {
    for (const { span } of taken) span.end(error);
    throw error;
  }
}
