import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { openStateFolder } from '@maxai/ops/supervisor/state-folder';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describePlatform } from './describe-platform.ts';
import { describeLimit, findLimit } from './find-limit.ts';
import { judgeCrash, judgeGrowth, judgeLoad } from './judge-platform.ts';
import type { Rates } from './load-orders.ts';
import type { MeasuredLoad } from './measure-load.ts';
import { startPlatformStack } from './platform-stack.ts';
import { figuresOf, slope } from './process-figures.ts';
import { sampleProcesses } from './sample-processes.ts';

const rates: Rates = { webhooksPerSecond: 100, apiPerSecond: 40, warmUpSeconds: 0, seconds: 10 };

function loadOf(perSecond: number, change: { p95Ms?: number; failures?: object } = {}) {
  const { p95Ms = 10, failures = {} } = change;
  const times = { p50Ms: 5, p95Ms, p95MsOfTenths: [40, p95Ms], p99Ms: 20, maxMs: 30 };
  return {
    offered: 1000,
    succeeded: perSecond * 10,
    perSecond,
    failures: { ...failures },
    ...times,
    lateP95Ms: 1,
    cpuShare: 0.1,
  };
}

function measured(change: Partial<MeasuredLoad> = {}): MeasuredLoad {
  const times = { count: 3, p50Ms: 10, p95Ms: 20, p95MsOfTenths: [20], p99Ms: 30 };
  const sampleAt = (atMs: number, cpuSeconds: number) => ({
    edge: { atMs, pid: 1, residentMb: 100, cpuSeconds },
  });
  return {
    webhooks: loadOf(100),
    api: loadOf(100),
    policyCheck: loadOf(5),
    flows: { firstStep: times, threeSteps: times, unfinished: 0, failed: 0 },
    queues: [],
    samples: [sampleAt(0, 1), sampleAt(10_000, 6)],
    requests: { edge: 1000 },
    workMsOfTenths: [3],
    drainedSeconds: 0,
    ...change,
  };
}

const missedOf = (load: MeasuredLoad) =>
  judgeLoad(load, rates.seconds)
    .filter(({ met }) => !met)
    .map(({ what }) => what);

describe('the judgement of a load', () => {
  it('is met when every figure is', () => expect(missedOf(measured())).toEqual([]));

  const slow = { count: 3, p50Ms: 10, p95Ms: 1500, p95MsOfTenths: [1500], p99Ms: 1600 };
  const quick = { ...slow, p95Ms: 100 };
  const flows = { firstStep: quick, threeSteps: quick, unfinished: 0, failed: 0 };
  it.each<[string, Partial<MeasuredLoad>]>([
    ['webhooks acknowledged, of the asked rate', { webhooks: loadOf(98) }],
    ['API requests answered, of the asked rate', { api: loadOf(98) }],
    ['webhooks refused or unanswered', { webhooks: loadOf(100, { failures: { '503': 1 } }) }],
    ['API requests refused or unanswered', { api: loadOf(100, { failures: { '429': 1 } }) }],
    ['executions failed or unfinished', { flows: { ...flows, failed: 1 } }],
    ['executions failed or unfinished', { flows: { ...flows, unfinished: 1 } }],
    ['webhook ack p95', { webhooks: loadOf(100, { p95Ms: 150 }) }],
    ['API p95', { api: loadOf(100, { p95Ms: 200 }) }],
    ['policy check p95', { policyCheck: loadOf(5, { p95Ms: 20 }) }],
    ['trigger to first step p95', { flows: { ...flows, firstStep: { ...slow, p95Ms: 200 } } }],
    ['3-step flow p95', { flows: { ...flows, threeSteps: slow } }],
  ])('misses %s', (what, change) => expect(missedOf(measured(change))).toEqual([what]));

  it('misses a slow resumption', () => {
    expect(judgeCrash({ executions: 1, resumeMs: 4999 })).toMatchObject([{ met: true }]);
    expect(judgeCrash({ executions: 1, resumeMs: 5000 })).toMatchObject([{ met: false }]);
  });
});

describe('the growth of a process', () => {
  const sampleAt = (minute: number, residentMb: number) => ({
    iam: { atMs: minute * 60_000, pid: 1, residentMb, cpuSeconds: minute * 30 },
  });

  it('is the slope of the line of least squares', () => {
    expect(slope([0, 1, 2, 3].map((x) => ({ x, y: 7 + 2 * x })))).toBeCloseTo(2);
    expect(slope([])).toBe(0);
    expect(slope([{ x: 1, y: 1 }])).toBe(0);
  });

  it('is that of what it needs at rest, for each minute of load between', () => {
    const samples = [100, 110, 170].map((mb, minute) => sampleAt(minute, mb));
    const resting = (growth: number) =>
      [0, 1, 2].map((round) => ({
        loadedMinutes: 12 + 2 * round,
        mb: { iam: 60 + growth * round },
      }));
    const steady = figuresOf(samples, {}, resting(1));
    expect(steady).toMatchObject([{ startMb: 100, middleMb: 110, endMb: 170, neededMb: 62 }]);
    expect(steady[0]?.mbPerMinute).toBeCloseTo(0.5);
    expect(steady[0]?.cpuShare).toBeCloseTo(0.5);
    expect(judgeGrowth(steady)).toMatchObject([{ met: true, unit: 'MB/min' }]);
    expect(judgeGrowth(figuresOf(samples, {}, resting(4)))).toMatchObject([{ met: false }]);
  });

  it('stands beside the processor time of a request, of processes that answer some', () => {
    const samples = [sampleAt(0, 100), sampleAt(1, 100)];
    expect(figuresOf(samples, { iam: 6000 })).toMatchObject([{ cpuMsPerRequest: 5 }]);
    expect(figuresOf(samples, { edge: 1 })).toMatchObject([{ cpuMsPerRequest: null }]);
  });

  it('is not judged where it was not measured', () => {
    const figures = figuresOf([sampleAt(0, 100)]);
    expect(figures).toMatchObject([{ startMb: 100, endMb: 100, mbPerMinute: null, cpuShare: 0 }]);
    expect(judgeGrowth(figures)).toEqual([]);
    expect(figuresOf([])).toEqual([]);
  });

  it('takes a process that had just ended as it was first', () => {
    const [iam] = figuresOf([sampleAt(0, 100), {}]);
    expect(iam).toMatchObject({ startMb: 100, endMb: 100 });
  });
});

describe('the report', () => {
  const base = {
    ...rates,
    floor: { webhooks: loadOf(100), api: loadOf(100) },
    ratios: { webhooks: 1.5, api: 2 },
    crash: { executions: 10, resumeMs: 2500 },
    processes: figuresOf(measured().samples),
  };

  it('names failures, what waits in each queue and what was missed', () => {
    const webhooks = loadOf(90, { failures: { '503': 7 } });
    const queues = Array.from({ length: 25 }, (_, index) => ({
      atSeconds: index,
      depths: { 'webhook-processing': 40 + index, 'flow-execution': 0 },
    }));
    const load = measured({ webhooks, queues });
    const judgements = judgeLoad(load, rates.seconds);
    const text = describePlatform({ ...base, load, judgements, passed: false });
    expect(text).toContain('503 × 7');
    expect(text).toMatch(/webhook ack +40 +10/);
    expect(text).toMatch(/^ +21 +61 +0/m);
    expect(text).not.toMatch(/^ +22 +62/m);
    expect(text).toMatch(/refused or unanswered +7.0 +0 +MISSED/);
    expect(text).toMatch(/edge +100 +100 +100 +- +- +0.50/);
    expect(text).toContain('A figure is missed.');
  });

  it('says that every figure is met', () => {
    const load = measured();
    const judgements = judgeLoad(load, rates.seconds);
    expect(describePlatform({ ...base, load, judgements, passed: true })).toContain(
      'Every figure is met.',
    );
  });
});

describe('the samples', () => {
  it('have nothing of a process that is gone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'maxai-samples-'));
    const state = openStateFolder(folder);
    expect(sampleProcesses(state)).toEqual({});
    const nobody = { pid: 2_147_483_646, startTicks: 1, state: 'running', restarts: 0 } as const;
    const child = { ...nobody, name: 'iam', port: 1, logFile: '', stopSignal: 'SIGTERM' } as const;
    state.writeSupervisor({ ...nobody, state: 'ready', url: '', children: [child] });
    expect(sampleProcesses(state)).toMatchObject({ iam: { residentMb: 0, cpuSeconds: 0 } });
    rmSync(folder, { recursive: true });
  });
});

describe('a platform of its own', () => {
  it('leaves nothing behind when its port is taken', async () => {
    const taken = createServer().listen(26_680, '127.0.0.1');
    await once(taken, 'listening');
    const name = `taken-${process.pid}`;
    const change = (plan: LocalPlan) => plan;
    await expect(
      startPlatformStack({ port: 26_680, name, change, report: () => undefined }),
    ).rejects.toThrow('26680');
    expect(readdirSync(tmpdir()).filter((file) => file.includes(name))).toEqual([]);
    taken.close();
  });
});

describe('the search for the limit', () => {
  it('raises both rates until a figure is missed, and names the last step that held', async () => {
    const told: string[] = [];
    const tried: number[][] = [];
    const report = await findLimit({
      rates,
      percents: [50, 100, 150, 200],
      tell: (line) => told.push(line),
      measure: (given) => {
        tried.push([given.webhooksPerSecond, given.apiPerSecond]);
        const webhooks = loadOf(100, { p95Ms: given.webhooksPerSecond });
        return Promise.resolve(measured({ webhooks }));
      },
    });
    expect(tried).toEqual([
      [50, 20],
      [100, 40],
      [150, 60],
    ]);
    expect(told).toEqual(['50 %: held', '100 %: held', '150 %: webhook ack p95']);
    expect(report.heldPercent).toBe(100);
    expect(report.steps.map(({ cores }) => cores)).toEqual([0.5, 0.5, 0.5]);
    expect(describeLimit(report)).toMatch(/150 % .*webhook ack p95[^]*held up to 100 % of/);
  });

  it('says when nothing held, and counts no cores without samples', async () => {
    const measure = () => Promise.resolve(measured({ api: loadOf(1), samples: [] }));
    const report = await findLimit({ rates, percents: [20], tell: () => undefined, measure });
    expect(report).toMatchObject({ heldPercent: 0, steps: [{ cores: 0 }] });
    expect(describeLimit(report)).toContain('Not even the first step held');
  });
});
