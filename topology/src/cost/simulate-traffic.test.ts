import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import { initialState, podsOf, scale, type ScalingRule, type ScalingState } from './autoscaler.ts';
import { perMonth, simulateTraffic } from './simulate-traffic.ts';
import { readTrace, TraceError } from './traffic-trace.ts';

const production = platform.environments.find(({ name }) => name === 'production')!;
const head = 'minute,service,requests_per_second\n';
const run = (text: string, cloud: 'gke' | 'eks' = 'gke') =>
  simulateTraffic(platform, production, cloud, readTrace(head + text, platform));
const serviceIn = (simulation: ReturnType<typeof run>, name: string) =>
  simulation.services.find(({ service }) => service === name)!;

describe('a trace', () => {
  it('is read in the order of its minutes, releases apart', () => {
    const trace = readTrace(`${head}# a comment\n\n10,iam,5\n0,iam,1.5\n3,release\n`, platform);
    expect(trace).toEqual({
      steps: [
        { minute: 0, service: 'iam', requestsPerSecond: 1.5 },
        { minute: 10, service: 'iam', requestsPerSecond: 5 },
      ],
      releases: [3],
      minutes: 11,
    });
  });

  it('may hold every service in every minute of a month', () => {
    const minutes = 31 * 24 * 60;
    const lines = Array.from({ length: minutes }, (_, minute) =>
      platform.services.map(({ name }) => `${minute},${name},1\n`).join(''),
    );
    const month = readTrace(head + lines.join(''), platform);
    expect(month.minutes).toBe(minutes);
    expect(month.steps).toHaveLength(minutes * platform.services.length);
  });

  it.each([
    ['x,iam,1', 'Line 2 of the trace: "x" is no minute'],
    ['1,ima,1', 'Line 2 of the trace: the platform has no service "ima"'],
    ['1,iam', 'Line 2 of the trace: "" is no rate'],
    ['1,iam,-1', 'Line 2 of the trace: "-1" is no rate'],
    ['1,iam,fast', '"fast" is no rate between 0 and 1000000'],
    ['1,iam,NaN', '"NaN" is no rate'],
    ['1,iam,1,2', '"1" is no rate'],
    ['1,iam,', 'Line 2 of the trace: "" is no rate'],
    ['44640,iam,1', 'Line 2 of the trace: minute 44640 is beyond the 44640 of a month'],
    ['1767225600,release', 'minute 1767225600 is beyond'],
    ['0,release', 'there is nothing to simulate'],
    ['', 'there is nothing to simulate'],
  ])('that says %j is refused with its line and the fix', (text, message) => {
    expect(() => readTrace(head + text, platform)).toThrow(TraceError);
    expect(() => readTrace(head + text, platform)).toThrow(message);
    expect(() => readTrace(head + text, platform)).toThrow('A line is minute,service');
  });
});

describe('the autoscaler', () => {
  const rule: ScalingRule = {
    min: 2,
    max: 10,
    targetPercent: 70,
    cpuRequestMillicores: 100,
    scaleDownStabilizationSeconds: 300,
    scaleDownPodsPerMinute: 1,
    podStartSeconds: 20,
  };
  const after = (state: ScalingState, millicores: number, from: number, seconds: number) => {
    let current = state;
    for (let now = from; now < from + seconds; now += 15)
      current = scale(current, millicores, now, rule);
    return current;
  };

  it('stays at its least without load and within a tenth of its target', () => {
    expect(podsOf(after(initialState(rule), 0, 0, 600))).toBe(2);
    expect(podsOf(after(initialState(rule), 2 * 75, 0, 600))).toBe(2);
  });

  it('goes up by two or by as many as there are at once, to its most and no further', () => {
    expect(podsOf(scale(initialState(rule), 2000, 0, rule))).toBe(4);
    expect(podsOf(scale(scale(initialState(rule), 2000, 0, rule), 2000, 15, rule))).toBe(8);
    expect(podsOf(after(initialState(rule), 5000, 0, 600))).toBe(10);
  });

  it('counts a pod as answering only once it has started', () => {
    const first = scale(initialState(rule), 2000, 0, rule);
    expect(first.ready).toBe(2);
    expect(scale(first, 300, 30, rule).ready).toBe(4);
  });

  it('goes down after five calm minutes, a pod a minute, to its least', () => {
    const high = after(initialState(rule), 5000, 0, 600);
    expect(podsOf(after(high, 0, 600, 270))).toBe(10);
    expect(podsOf(after(high, 0, 600, 420))).toBeLessThan(10);
    expect(podsOf(after(high, 0, 600, 1500))).toBe(2);
  });
});

describe('traffic through autoscaling, nodes and prices', () => {
  const quiet = run('0,iam,1\n1439,iam,1\n');

  it('costs the least nodes when it is quiet', () => {
    expect(quiet.pools.map(({ nodesMax }) => nodesMax)).toEqual([1, 1, 1]);
    expect(quiet.usd).toBeCloseTo(24 * (2 * 0.134 + 0.067), 6);
    expect(perMonth(quiet)).toBeCloseTo(730 * (2 * 0.134 + 0.067), 6);
    expect(quiet.services.every(({ breachMinutes }) => breachMinutes === 0)).toBe(true);
  });

  it('adds pods and nodes when it is busy, and counts the minutes that were too late', () => {
    const busy = run(
      '0,webhook-ingress,10\n60,webhook-ingress,15000\n180,webhook-ingress,10\n300,webhook-ingress,10\n',
    );
    const ingress = serviceIn(busy, 'webhook-ingress');
    expect(ingress.podsMax).toBe(10);
    expect(ingress.breachMinutes).toBeGreaterThan(0);
    expect(ingress.breachMinutes).toBeLessThan(10);
    expect(busy.pools.find(({ pool }) => pool === 'api-pool')!.nodesMax).toBeGreaterThan(1);
  });

  it('is late for as long as more comes than the most pods can answer', () => {
    const flooded = run('0,webhook-ingress,50000\n119,webhook-ingress,50000\n');
    expect(serviceIn(flooded, 'webhook-ingress').breachMinutes).toBe(120);
  });

  it('pays for the old version for 24 hours after a release, and no longer [R85]', () => {
    const released = run('0,iam,1\n2879,iam,1\n60,release\n');
    expect(serviceIn(released, 'iam').keptPodMinutes).toBe(2 * 24 * 60);
    expect(serviceIn(quiet, 'iam').keptPodMinutes).toBe(0);
  });

  it('pays for one old version, however many are released within a day', () => {
    const twice = run('0,iam,1\n2879,iam,1\n60,release\n120,release\n');
    expect(serviceIn(twice, 'iam').keptPodMinutes).toBe(2 * 60 + 2 * 24 * 60);
  });

  it('tells what kept versions add to the bill, and when a pool has no room', () => {
    const flood = platform.services.map(({ name }) => `0,${name},50000\n`).join('');
    const crowded = run(`${flood}1439,iam,50000\n60,release\n`);
    expect(crowded.keptUsd).toBeGreaterThan(0);
    expect(crowded.keptUsd).toBeLessThan(crowded.usd);
    const hungry = {
      ...platform,
      services: platform.services.map((service) => ({
        ...service,
        resources: { ...service.resources, cpuRequestMillicores: 4000 },
      })),
    };
    const trace = readTrace(`${head}0,iam,1\n59,iam,1\n`, platform);
    const full = simulateTraffic(hungry, production, 'gke', trace);
    const fullMinutes = (of: typeof full) =>
      of.pools.find(({ pool }) => pool === 'services-pool')!.fullMinutes;
    expect([fullMinutes(crowded), fullMinutes(full)]).toEqual([0, 60]);
  });

  it('costs more on the cloud whose machines cost more', () => {
    expect(run('0,iam,1\n59,iam,1\n', 'eks').usd).toBeGreaterThan(run('0,iam,1\n59,iam,1\n').usd);
  });
});
