import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.ts';

export type OpenLoopOptions = {
  /** Begun in each second, whatever became of those before. */
  readonly perSecond: number;
  /** Before what is measured: the rate rises evenly to `perSecond` in the first half of it, and stays in the second. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Does one and resolves with `ok` or with what went wrong. */
  readonly send: (index: number) => Promise<string>;
};

export type LoadSummary = {
  /** Due in the measured time. */
  readonly offered: number;
  readonly succeeded: number;
  readonly perSecond: number;
  /** What went wrong, and how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the moment each was due, so that a wait for a turn counts; of those that succeeded. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** p95 of each tenth of the measured time: what warms up, and what gets worse. */
  readonly p95MsOfTenths: readonly number[];
  /** How late the load itself was: beyond a few milliseconds its own machine is what it measures. */
  readonly lateP95Ms: number;
};

/** Begins work at a fixed rate and measures each from when it was due, not from when its turn came. */
export async function runOpenLoop(options: OpenLoopOptions): Promise<LoadSummary> {
  const { perSecond, send, warmUpSeconds } = options;
  const risingSeconds = warmUpSeconds / 2;
  const rising = (risingSeconds * perSecond) / 2;
  const warmUp = Math.round(rising + (warmUpSeconds - risingSeconds) * perSecond);
  const total = warmUp + Math.round(options.seconds * perSecond);
  const tenths = Array.from({ length: 10 }, (): number[] => []);
  const lateness: number[] = [];
  const failures: Record<string, number> = {};
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();

  async function doOne(index: number, dueAt: number): Promise<void> {
    const late = performance.now() - dueAt;
    const outcome = await send(index);
    if (index < warmUp) return;
    lateness.push(late);
    const tenth = tenths[Math.floor((10 * (index - warmUp)) / (total - warmUp))];
    if (outcome === 'ok') tenth?.push(performance.now() - dueAt);
    else failures[outcome] = (failures[outcome] ?? 0) + 1;
  }

  /** Seconds from the start: the inverse of how many a rate that rises evenly, and then stays, has begun. */
  const dueAfter = (index: number) =>
    index < rising
      ? Math.sqrt((2 * risingSeconds * index) / perSecond)
      : risingSeconds + (index - rising) / perSecond;

  let begun = 0;
  while (begun < total) {
    const dueAt = startedAt + dueAfter(begun) * 1000;
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 0) {
      await wait(Math.ceil(earlyMs));
      continue;
    }
    const work = doOne(begun, dueAt);
    begun += 1;
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }
  await Promise.all(underWay);
  const sorted = tenths.flat().toSorted((left, right) => left - right);
  return {
    offered: total - warmUp,
    succeeded: sorted.length,
    perSecond: sorted.length / options.seconds,
    failures,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
    p95MsOfTenths: tenths.map((tenth) => percentile(tenth, 0.95)),
    lateP95Ms: percentile(lateness, 0.95),
  };
}
