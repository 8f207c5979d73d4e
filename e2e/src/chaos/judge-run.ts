import { formatTable } from '@maxai/ops/terminal/format-table';
import type { Traces } from './count-traces.ts';
import type { Kill } from './kill-in-turn.ts';
import type { SendOutcome } from './send-deliveries.ts';

export type Verdict = {
  readonly passed: boolean;
  readonly kills: readonly Kill[];
  readonly attempts: number;
  readonly givenUp: number;
  /** Each figure with what it must be. */
  readonly counts: readonly {
    readonly what: string;
    readonly found: number;
    readonly expected: number;
  }[];
};

function atLeastTwice(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).filter((count) => count > 1).length;
}

/** Nothing acknowledged may be lost, nothing may happen twice, and nothing may be left under way. */
export function judgeRun(sent: SendOutcome, kills: readonly Kill[], traces: Traces): Verdict {
  const stored = new Set(traces.storedCalls);
  const events = Object.values(traces.eventsPerDelivery);
  const messages = traces.messagesPerCall;
  const zero = (what: string, found: number) => ({ what, found, expected: 0 });
  const counts = [
    {
      what: 'acknowledged deliveries that are stored',
      found: [...sent.acknowledged].filter((call) => stored.has(call)).length,
      expected: sent.acknowledged.size,
    },
    zero('calls stored more than once', traces.storedCalls.length - stored.size),
    zero('deliveries not settled', traces.unsettled),
    {
      what: 'deliveries with exactly one event',
      found: events.filter((count) => count === 1).length,
      expected: events.length,
    },
    {
      what: 'acknowledged calls of the flow with exactly one message',
      found: [...sent.matching].filter((call) => messages[call] === 1).length,
      expected: sent.matching.size,
    },
    zero('calls with more than one message', atLeastTwice(messages)),
    {
      what: 'messages at the provider, one for each effect done',
      found: Object.values(messages).reduce((sum, count) => sum + count, 0),
      expected: Object.keys(traces.effectsPerStep).length,
    },
    zero('steps with more than one effect', atLeastTwice(traces.effectsPerStep)),
    zero('executions not finished', traces.unfinishedExecutions),
    zero('executions failed', traces.failedExecutions),
    zero('dead letters', traces.deadLetters),
    zero('killed processes that did not come back', kills.filter(isGone).length),
  ];
  return {
    passed: counts.every(({ found, expected }) => found === expected),
    kills,
    attempts: sent.attempts,
    givenUp: sent.givenUp.size,
    counts,
  };
}

function isGone({ backAfterMs }: Kill): boolean {
  return backAfterMs === null;
}

/** Whether anything is still on its way; what went wrong for good does not hold up the end of the run. */
export function isDrained(traces: Traces): boolean {
  return traces.unsettled === 0 && traces.unfinishedExecutions === 0;
}

export function describeVerdict({ kills, counts, ...verdict }: Verdict): string {
  return [
    formatTable(
      ['killed', 'back after ms'],
      kills.map(({ name, backAfterMs }) => [name, String(backAfterMs ?? 'never')]),
    ),
    `\n${verdict.attempts} attempts, ${verdict.givenUp} deliveries given up by the provider\n`,
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
