import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from '../statistics.ts';
import { formatTable } from '@maxai/ops/terminal/format-table';
import type { LoadOptions, LoadResult } from './generate-load.ts';
import { targetNames, type IngressStack, type TargetName } from './ingress-stack.ts';

export type IngressOptions = {
  /** Measured time of one target in one round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly concurrency: number;
};

export type IngressReport = IngressOptions & {
  /** The medians of the rounds. */
  readonly results: Readonly<Record<TargetName, LoadResult>>;
  /** Durable acknowledgements of webhook-ingress for each one of the batching floor, median of the rounds. */
  readonly ratio: number;
  readonly ratioToOneByOne: number;
};

const warmUpSeconds = 1;

/** From a process of its own, so that making load and serving it do not share an event loop. */
async function loadFromOwnProcess(options: LoadOptions): Promise<LoadResult> {
  const main = join(import.meta.dirname, 'load/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, JSON.stringify(options)]);
  // The process prints its result and nothing else.
  return JSON.parse(stdout) as LoadResult;
}

function medianOf(results: readonly LoadResult[]): LoadResult {
  const of = (key: keyof LoadResult) => median(results.map((result) => result[key]));
  return {
    acknowledged: of('acknowledged'),
    refused: Math.max(...results.map(({ refused }) => refused)),
    acksPerSecond: of('acksPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
  };
}

/** A round measures every target once, in turn, so that what else the machine does hits all of them alike. */
export function summariseRounds(
  options: IngressOptions,
  rounds: readonly Readonly<Record<TargetName, LoadResult>>[],
): IngressReport {
  const resultOf = (name: TargetName) => medianOf(rounds.map((round) => round[name]));
  const ratioTo = (floor: TargetName) =>
    median(
      rounds.map((round) => round['webhook-ingress'].acksPerSecond / round[floor].acksPerSecond),
    );
  return {
    ...options,
    results: {
      'webhook-ingress': resultOf('webhook-ingress'),
      'floor, batching': resultOf('floor, batching'),
      'floor, one by one': resultOf('floor, one by one'),
    },
    ratio: ratioTo('floor, batching'),
    ratioToOneByOne: ratioTo('floor, one by one'),
  };
}

export async function measureIngress(
  stack: IngressStack,
  options: IngressOptions,
): Promise<IngressReport> {
  const rounds: Record<TargetName, LoadResult>[] = [];
  const { seconds, concurrency } = options;
  for (let round = 0; round < options.rounds; round += 1) {
    const measured: [TargetName, LoadResult][] = [];
    // The second round goes backwards, so that no target always follows the same one.
    for (const name of round % 2 === 0 ? targetNames : targetNames.toReversed()) {
      const load = { ...stack.targets[name], seconds, concurrency, warmUpSeconds };
      measured.push([name, await loadFromOwnProcess(load)]);
    }
    // The loop above has put in each name.
    rounds.push(Object.fromEntries(measured) as Record<TargetName, LoadResult>);
  }
  return summariseRounds(options, rounds);
}

export function describeIngress(report: IngressReport): string {
  const rows = targetNames.map((name) => {
    const { acksPerSecond, p50Ms, p99Ms, refused } = report.results[name];
    return [name, acksPerSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), refused.toFixed(0)];
  });
  const { rounds, seconds, concurrency, ratio, ratioToOneByOne } = report;
  return [
    `Signed Retell deliveries, ${concurrency} at a time, ${rounds} rounds of ${seconds} s each, medians`,
    '',
    formatTable(['', 'acks/s', 'p50 ms', 'p99 ms', 'refused'], rows),
    '',
    `webhook-ingress reaches ${ratio.toFixed(2)} of the batching floor, ${ratioToOneByOne.toFixed(2)} of the one that inserts one by one`,
  ].join('\n');
}
