import { releasePolicy } from '@maxai/topology/release-policy';
import { describe, expect, it, vi } from 'vitest';
import { stateOf, type ReleaseEvent } from '../../src/release/release-rules.ts';
import {
  runRelease,
  type AskedDecision,
  type ReleaseDriver,
} from '../../src/release/run-release.ts';

const policy = releasePolicy('production');

type World = Partial<ReleaseDriver> & {
  /** What a person asks for at a time, in seconds. */
  readonly asks?: Readonly<Record<number, AskedDecision>>;
  /** When the new version has come up, in seconds. */
  readonly healthyAt?: number;
  /** When the new version ends by itself, in seconds. */
  readonly endsAt?: number;
  /** Between which times a later release decides about the requests, in seconds. */
  readonly superseded?: readonly [from: number, to: number];
  /** From when nothing can be written down, in seconds. */
  readonly fullAt?: number;
  /** When the platform stops, in seconds. */
  readonly stopsAt?: number;
};

/** A release in a world whose clock stands still while nothing waits; its times are in seconds since the start. */
async function release(world: World) {
  const healthy = Promise.withResolvers<void>();
  const { healthyAt = 0, endsAt = Infinity, superseded = [Infinity, Infinity] } = world;
  const { fullAt = Infinity, stopsAt = Infinity } = world;
  if (healthyAt === 0) healthy.resolve();
  const events: ReleaseEvent[] = [];
  const shares: number[] = [];
  const askedBack: string[] = [];
  let now = 0;
  let stopped = false;
  let failure: unknown;
  let decidedAt: number | undefined;
  const asks = new Map(Object.entries(world.asks ?? {}).map(([at, asked]) => [Number(at), asked]));
  await runRelease(
    {
      id: 'rel-1',
      service: 'api-gateway',
      from: 'old',
      to: 'new',
      by: 'ada',
      policy,
      judgedBy: 'requests',
      driver: {
        start: () => healthy.promise,
        shift: (percent) => {
          shares.push(percent);
          return Promise.resolve();
        },
        measure: () => Promise.resolve([0]),
        ended: () => (now >= endsAt * 1000 ? 'exit code 1' : null),
        isSuperseded: () => now >= superseded[0] * 1000 && now < superseded[1] * 1000,
        stopNew: () => {
          stopped = true;
          return Promise.resolve();
        },
        ...world,
      },
      append: (event) => {
        if (now >= fullAt * 1000) throw new Error('no space left');
        events.push(event);
      },
      askBack: (reason) => askedBack.push(reason),
      asked: () => {
        const due = [...asks].find(([at]) => at * 1000 <= now);
        if (due === undefined) return undefined;
        asks.delete(due[0]);
        return due[1];
      },
      now: () => now,
      wait: async (ms) => {
        now += ms;
        if (now >= healthyAt * 1000) healthy.resolve();
        await Promise.resolve();
        if (now >= stopsAt * 1000) throw new Error('the platform stops');
      },
    },
    () => {
      decidedAt = now / 1000;
    },
  ).catch((error: unknown) => {
    failure = error;
  });
  return {
    events,
    shares,
    askedBack,
    stopped,
    decidedAt,
    failure,
    state: stateOf(events)!,
    seconds: now / 1000,
  };
}

const person = (decision: AskedDecision['decision']): AskedDecision => ({ decision, by: 'ada' });

describe('a good version', () => {
  it('gets a tenth, is judged, gets everything, and the old one is kept for a day [R81,R82,R84,R85]', async () => {
    const { events, shares, decidedAt } = await release({ stopsAt: 25 * 3600 });
    const retired = events.findIndex(({ kind }) => kind === 'retired');
    expect(stateOf(events.slice(0, retired + 1))).toMatchObject({ phase: 'settled', percent: 100 });
    expect(shares.slice(0, 2)).toEqual([10, 100]);
    expect(decidedAt).toBeLessThan(8 * 60);
    expect(events[retired]!.at / 1000 - decidedAt!).toBeCloseTo(24 * 3600, -1);
  });

  it('is watched for as long as it is there, also when the old one is no longer kept', async () => {
    const { shares, state, stopped, seconds } = await release({ endsAt: 30 * 3600 });
    expect(shares).toEqual([10, 100, 0]);
    expect(state.reason).toBe('the new version ended: exit code 1');
    expect(stopped).toBe(true);
    expect(seconds).toBeCloseTo(30 * 3600, -1);
  });

  it('decides nothing while a later release does, and again once that one was taken back', async () => {
    const superseded = [2000, 9000] as const;
    const ended = await release({ superseded, endsAt: 3000 });
    expect(ended.shares).toEqual([10, 100, 0]);
    expect(ended.seconds).toBeCloseTo(9000, -1);
    expect(ended.askedBack).toEqual(['new, which it began from, ended: exit code 1']);
    const asked = await release({ superseded, asks: { 3000: person('rollback') } });
    expect(asked.state).toMatchObject({ phase: 'rolled-back', percent: 0 });
    expect(asked.seconds).toBeCloseTo(9000, -1);
  });

  it('can be taken back for as long as the old one is kept [R89]', async () => {
    const { shares, state, stopped } = await release({ asks: { 3600: person('rollback') } });
    expect(shares).toEqual([10, 100, 0]);
    expect([state.phase, stopped]).toEqual(['rolled-back', true]);
  });

  it('is taken back when it ends by itself after it was promoted', async () => {
    let asked = 0;
    const { state, shares } = await release({
      ended: () => ((asked += 1) > 5000 ? 'signal SIGKILL' : null),
    });
    expect(shares.at(-1)).toBe(0);
    expect(state).toMatchObject({
      phase: 'rolled-back',
      reason: 'the new version ended: signal SIGKILL',
    });
  });
});

describe('a bad version', () => {
  it('is taken back within five minutes of its first request [R83,R89]', async () => {
    const { shares, state, stopped, decidedAt } = await release({
      measure: () => Promise.resolve([30]),
    });
    expect(shares).toEqual([10, 0]);
    expect([state.phase, stopped]).toEqual(['aborted', true]);
    expect(decidedAt).toBeLessThan(300);
  });

  it('that does not come up gets no request at all', async () => {
    const { shares, state } = await release({
      start: () => Promise.reject(new Error('no such table')),
    });
    expect(shares).toEqual([0]);
    expect(state.reason).toBe('new did not start: no such table');
    const odd = await release({ start: () => Promise.reject(Object('odd')) });
    expect(odd.state.reason).toContain('odd');
  });

  it('that never becomes healthy is given up after its deadline', async () => {
    const { state, decidedAt } = await release({ start: () => new Promise(() => {}) });
    expect(state.reason).toContain(`was not healthy within ${policy.progressDeadlineSeconds} s`);
    expect(decidedAt).toBeGreaterThan(policy.progressDeadlineSeconds);
  });

  it('that ends while it is judged is taken back at once', async () => {
    const { state, decidedAt } = await release({ ended: () => 'exit code 1' });
    expect(state).toMatchObject({ phase: 'aborted', reason: 'it ended: exit code 1' });
    expect(decidedAt).toBeLessThan(1);
  });
});

describe('a person', () => {
  const hanging = () => new Promise<void>(() => {});

  it('takes back a version that is still starting, at once', async () => {
    const asks = { 2: person('abort') };
    const { shares, state, stopped, seconds } = await release({ start: hanging, asks });
    expect(shares).toEqual([0]);
    expect([state.phase, state.reason, stopped]).toEqual(['aborted', 'a person decided', true]);
    expect(seconds).toBeLessThan(3);
  });

  it('may promote a version that is still starting: it has everything once it is healthy', async () => {
    const { shares, decidedAt } = await release({
      healthyAt: 60,
      asks: { 2: person('promote'), 600: person('rollback') },
    });
    expect(shares).toEqual([10, 100, 0]);
    expect(decidedAt).toBeCloseTo(60, 0);
  });
});

describe('a release that cannot go on', () => {
  it('takes its version back although nothing can be written down', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue();
    const { shares, stopped, failure } = await release({ fullAt: 130 });
    expect(String(failure)).toContain('no space left');
    expect([shares, stopped]).toEqual([[10, 0], true]);
    expect(said.mock.calls.flat().join('\n')).toContain('rel-1: drained is not in its record');
    said.mockRestore();
  });

  it('leaves the version its process until its share can be taken', async () => {
    const tried: number[] = [];
    const shift = (percent: number) => {
      tried.push(percent);
      return tried.length === 2 || tried.length === 3
        ? Promise.reject(new Error('no space left'))
        : Promise.resolve();
    };
    const { stopped, state } = await release({ shift, measure: () => Promise.resolve([30]) });
    expect(tried).toEqual([10, 0, 0, 0]);
    expect(state).toMatchObject({ phase: 'aborted', percent: 0 });
    expect(stopped).toBe(true);
  });

  it('says so in its record when the platform stops', async () => {
    const judged = await release({ stopsAt: 60 });
    expect(judged.state).toMatchObject({
      phase: 'aborted',
      percent: 0,
      reason: 'the release could not go on: the platform stops',
    });
    const promoted = await release({ stopsAt: 3600 });
    expect([promoted.state.phase, promoted.stopped]).toEqual(['rolled-back', true]);
    const other = await release({ stopsAt: 3600, superseded: [2000, Infinity] });
    expect([other.shares, other.stopped]).toEqual([[10, 100], true]);
  });

  it('has nothing to take back before it began', async () => {
    const { shares, failure } = await release({ fullAt: 0 });
    expect([shares, String(failure)]).toEqual([[], 'Error: no space left']);
  });
});

describe('a judgement that cannot judge', () => {
  it('takes the version back when Prometheus is away', async () => {
    const { state, shares } = await release({
      measure: () => Promise.reject(new Error('ECONNREFUSED')),
    });
    expect(shares).toEqual([10, 0]);
    expect(state.reason).toContain('cannot be measured: Error: ECONNREFUSED');
  });

  it.each([
    ['no traffic', []],
    ['NaN', [Number.NaN]],
  ])('with %s waits for a person, who may promote or abort', async (_what, values) => {
    const measure = () => Promise.resolve(values);
    const up = await release({
      measure,
      asks: { 3000: person('promote'), 4000: person('rollback') },
    });
    expect(up.events.filter(({ kind }) => kind === 'paused')).toHaveLength(1);
    expect(up.shares).toEqual([10, 100, 0]);
    const down = await release({ measure, asks: { 3000: person('abort') } });
    expect(down.shares).toEqual([10, 0]);
    expect(down.state.reason).toBe('a person decided');
  });

  it('judges a version that works off queues by its dead jobs', async () => {
    const queries: string[] = [];
    const events: ReleaseEvent[] = [];
    let now = 0;
    await runRelease(
      {
        id: 'rel-2',
        service: 'payments-worker',
        from: 'old',
        to: 'new',
        by: 'ada',
        policy,
        judgedBy: 'jobs',
        driver: {
          start: () => Promise.resolve(),
          shift: () => Promise.resolve(),
          measure: (query) => {
            queries.push(query);
            return Promise.resolve([50]);
          },
          ended: () => null,
          isSuperseded: () => false,
          stopNew: () => Promise.resolve(),
        },
        append: (event) => events.push(event),
        askBack: () => undefined,
        asked: () => undefined,
        now: () => now,
        wait: (ms) => {
          now += ms;
          return Promise.resolve();
        },
      },
      () => undefined,
    );
    expect(queries[0]).toContain('queue_job_duration_seconds_count');
    expect(stateOf(events)?.phase).toBe('aborted');
  });
});
