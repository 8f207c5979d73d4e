import type { StepAction } from '@maxai/contracts/flows/flow-document';
import type { JobContext, UsageJob } from '@maxai/contracts/jobs/queues';
import type { Provider } from '@maxai/contracts/schemas';
import { addMoney, formatDecimal, type Money } from '@maxai/kernel/money';

/** The port an action goes through; the adapter behind it follows from the client's connection. */
export const portOf = {
  'llm.complete': 'llm',
  'crm.upsertContact': 'crm',
  'calendar.book': 'calendar',
  'messaging.send': 'messaging',
  'workflow.run': 'workflow',
} as const satisfies Record<StepAction, string>;

/**
 * Whether an interrupted call is looked for at the provider instead of being repeated. The others are
 * repeatable: an upsert matches, a booking's id follows from the effect, a completion changes nothing.
 */
export function isSettledByAsking(action: string): boolean {
  return action === 'messaging.send';
}

/** Requests per window that one connection may make, whichever flow or worker makes them. */
const limits: Partial<Record<Provider, { readonly requests: number; readonly windowMs: number }>> =
  {
    highlevel: { requests: 100, windowMs: 10_000 },
  };
const otherLimit = { requests: 500, windowMs: 10_000 };

export function connectionLimit(provider: Provider) {
  return limits[provider] ?? otherLimit;
}

type Usage = {
  readonly meter: UsageJob['meter'];
  readonly quantity: number;
  readonly cost: Money;
  readonly externalId: string;
  readonly agentExternalId: string | null;
};

/** Which way a language model's tokens went; undefined for a meter of something else. */
export function tokenDirection(meter: UsageJob['meter']): 'input' | 'output' | undefined {
  if (meter === 'llm.input_tokens') return 'input';
  return meter === 'llm.output_tokens' ? 'output' : undefined;
}

/** What a step cost altogether; null when nothing was metered. */
export function costOf(usage: readonly Usage[]): Money | null {
  const [first, ...rest] = usage.map((item) => item.cost);
  return first === undefined ? null : rest.reduce(addMoney, first);
}

/** A usage job; `key` and the meter identify the usage, however often it is reported. */
export function usageJob(
  usage: Usage,
  at: {
    readonly key: string;
    readonly context: JobContext;
    readonly provider: Provider;
    readonly eventId: string;
    readonly executionId: string | null;
    readonly effectId: string | null;
    readonly occurredAt: string;
  },
): { queue: 'usage-aggregation'; id: string; payload: UsageJob } {
  // BullMQ refuses job ids with a colon.
  const id = `${at.key}.${usage.meter}`.replaceAll(':', '_').slice(0, 200);
  return {
    queue: 'usage-aggregation',
    id,
    payload: {
      context: at.context,
      idempotencyKey: id,
      meter: usage.meter,
      quantity: usage.quantity,
      cost: { currency: usage.cost.currency, amount: formatDecimal(usage.cost) },
      provider: at.provider,
      externalId: usage.externalId,
      agentExternalId: usage.agentExternalId,
      eventId: at.eventId,
      executionId: at.executionId,
      effectId: at.effectId,
      occurredAt: at.occurredAt,
    },
  };
}
