import { formatTable } from '@maxai/ops/terminal/format-table';
import type { Traces } from './count-traces.ts';
import type { SendOutcome } from './send-deliveries.ts';

/** What was done to the platform. */
export type Disturbance = {
  readonly name: string;
  readonly lastedMs: number;
  /** From its end, or from the kill, until it worked again; null when it did not within a minute. */
  readonly backAfterMs: number | null;
};

export type Sent = SendOutcome & {
  /** Prompts whose creation was answered. */
  readonly promptIds: readonly string[];
};

export type Verdict = {
  readonly passed: boolean;
  readonly disturbances: readonly Disturbance[];
  readonly attempts: number;
  readonly givenUp: number;
  readonly acknowledgedPerProvider: Readonly<Record<string, number>>;
  /** Each figure with what it must be. */
  readonly counts: readonly {
    readonly what: string;
    readonly found: number;
    readonly expected: number;
  }[];
};

type Counts = Readonly<Record<string, number>>;

const zero = (what: string, found: number) => ({ what, found, expected: 0 });
const moreThanOne = (counts: Counts) => Object.values(counts).filter((count) => count > 1).length;
const sum = (counts: Counts) => Object.values(counts).reduce((total, count) => total + count, 0);

function exactlyOne(what: string, wanted: readonly string[], counts: Counts) {
  const expected = new Set(wanted);
  const found = [...expected].filter((key) => counts[key] === 1).length;
  return { what, found, expected: expected.size };
}

function all(what: string, wanted: readonly string[], kept: readonly string[]) {
  const present = new Set(kept);
  return { what, found: wanted.filter((key) => present.has(key)).length, expected: wanted.length };
}

/** Nothing acknowledged may be lost, nothing may happen twice, and nothing may be left under way. */
export function judgeRun(
  sent: Sent,
  disturbances: readonly Disturbance[],
  traces: Traces,
): Verdict {
  const { acknowledged } = sent;
  const of = (kind: string) => acknowledged.filter((webhook) => webhook.kind === kind);
  const events = Object.values(traces.eventsPerDelivery);
  const counts = [
    all(
      'acknowledged deliveries that are stored',
      acknowledged.map(({ dedupeKey }) => dedupeKey),
      traces.storedKeys,
    ),
    zero(
      'deliveries stored more than once',
      traces.storedKeys.length - new Set(traces.storedKeys).size,
    ),
    zero('deliveries not settled', traces.unsettled),
    {
      what: 'deliveries with exactly one event',
      found: events.filter((count) => count === 1).length,
      expected: events.length,
    },
    exactlyOne(
      'acknowledged triggers of a flow with exactly one message',
      acknowledged.filter(({ watched }) => watched).map(({ subject }) => subject),
      traces.messagesPerSubject,
    ),
    zero('subjects with more than one message', moreThanOne(traces.messagesPerSubject)),
    {
      what: 'messages at the provider, one for each effect done',
      found: sum(traces.messagesPerSubject),
      expected: Object.keys(traces.effectsPerStep).length,
    },
    zero('steps with more than one effect', moreThanOne(traces.effectsPerStep)),
    exactlyOne(
      'ended calls with exactly one usage line',
      of('call_ended').map(({ subject }) => subject),
      traces.usagePerCall,
    ),
    exactlyOne(
      'paid invoices with exactly one ledger entry',
      of('invoice.paid').map(({ about }) => about),
      traces.bookingsPerInvoice,
    ),
    all('acknowledged prompts that are kept', sent.promptIds, traces.promptIds),
    zero('executions not finished', traces.unfinishedExecutions),
    zero('executions failed', traces.failedExecutions),
    zero('dead letters', traces.deadLetters),
    zero(
      'disturbances it did not come back from',
      disturbances.filter(({ backAfterMs }) => backAfterMs === null).length,
    ),
  ];
  const providers = Map.groupBy(acknowledged, ({ provider }) => provider);
  return {
    passed: counts.every(({ found, expected }) => found === expected),
    disturbances,
    attempts: sent.attempts,
    givenUp: sent.givenUp,
    acknowledgedPerProvider: Object.fromEntries(
      [...providers].map(([provider, webhooks]) => [provider, webhooks.length]),
    ),
    counts,
  };
}

export function describeVerdict({ disturbances, counts, ...verdict }: Verdict): string {
  const providers = Object.entries(verdict.acknowledgedPerProvider);
  return [
    formatTable(
      ['disturbed', 'lasted s', 'back after ms'],
      disturbances.map(({ name, lastedMs, backAfterMs }) => [
        name,
        (lastedMs / 1000).toFixed(1),
        String(backAfterMs ?? 'never'),
      ]),
    ),
    `\nAcknowledged: ${providers.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `${verdict.attempts} attempts, ${verdict.givenUp} deliveries given up by their provider\n`,
    formatTable(
      ['', 'found', 'expected', ''],
      counts.map(({ what, found, expected }) => [
        what,
        String(found),
        String(expected),
        found === expected ? '' : 'WRONG',
      ]),
    ),
    `\n${verdict.passed ? 'Nothing was lost and nothing happened twice.' : 'The run found a fault.'}`,
  ].join('\n');
}
