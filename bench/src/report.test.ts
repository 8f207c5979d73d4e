import { describe, expect, it } from 'vitest';
import type { LoadResult } from './ingress/generate-load.ts';
import { targetNames, type TargetName } from './ingress/ingress-stack.ts';
import { describeIngress, summariseRounds } from './ingress/run-ingress.ts';
import { describeMemory, measureMemory } from './memory/measure-memory.ts';
import { median, percentile } from './statistics.ts';

describe('statistics', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = [50, 10, 40, 20, 30];
    expect([0, 0.2, 0.5, 0.99].map((share) => percentile(values, share))).toEqual([10, 10, 30, 50]);
    expect(median([4, 1, 3, 2])).toBe(2);
    expect(percentile([], 0.5)).toBe(0);
  });
});

function roundOf(...acks: readonly [number, number, number]): Record<TargetName, LoadResult> {
  const [service, batching, oneByOne] = acks.map((acksPerSecond) => ({
    acknowledged: acksPerSecond * 2,
    refused: acksPerSecond === 80 ? 3 : 0,
    acksPerSecond,
    p50Ms: 1000 / acksPerSecond,
    p99Ms: 9000 / acksPerSecond,
  })) as [LoadResult, LoadResult, LoadResult];
  return { 'webhook-ingress': service, 'floor, batching': batching, 'floor, one by one': oneByOne };
}

describe('a report of the intake', () => {
  const options = { seconds: 2, rounds: 3, concurrency: 8 };
  const report = summariseRounds(options, [
    roundOf(80, 100, 40),
    roundOf(90, 100, 30),
    roundOf(10, 100, 20),
  ]);

  it('takes the median of the rounds, so that one bad round decides nothing', () => {
    expect(report.results['webhook-ingress'].acksPerSecond).toBe(80);
    expect(report.ratio).toBe(0.8);
    expect(report.ratioToOneByOne).toBe(2);
  });

  it('shows the most refusals of any round, which no median may hide', () => {
    expect(report.results['webhook-ingress'].refused).toBe(3);
  });

  it('prints a line for each target and the ratio', () => {
    const text = describeIngress(report);
    for (const name of targetNames) expect(text).toContain(name);
    expect(text).toContain('reaches 0.80 of the batching floor, 2.00 of the one');
  });
});

describe('a report of the memory', () => {
  const processOf = (name: string, rssBytes: number) => ({
    name,
    rssBytes,
    pid: 1,
    port: 1,
    state: 'running' as const,
    restarts: 0,
    healthy: true,
  });
  const status = (supervisor: { pid: number; rssBytes: number } | null, total: number) => ({
    state: 'ready' as const,
    url: 'http://localhost:8080',
    supervisor,
    rssBytes: total,
    processes: [processOf('iam', 100_000_000), processOf('payments', 140_000_000)],
  });

  it('puts the largest first, the supervisor among them', () => {
    const report = measureMemory(status({ pid: 2, rssBytes: 120_000_000 }, 360_000_000));
    expect(report).toMatchObject({ totalMb: 360, withinLimit: true });
    expect(report.processes.map(({ name }) => name)).toEqual(['payments', 'supervisor', 'iam']);
    expect(describeMemory(report)).toMatch(/total +360\nlimit +2000$/);
  });

  it('says when the total is over the limit', () => {
    expect(measureMemory(status(null, 2_000_000_001)).withinLimit).toBe(false);
  });
});
