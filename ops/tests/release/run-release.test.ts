import { releasePolicy } from '@maxai/topology/release-policy';
import { describe, expect, it } from 'vitest';
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
};

/** A release in a world whose clock stands still while nothing waits; its times are in seconds since the start. */
async function release(world: World) {
  const events: ReleaseEvent[] = [];
  const shares: number[] = [];
  let now = 0;
  let stopped = false;
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
        start: () => Promise.resolve(),
        shift: (percent) => {
          shares.push(percent);
          return Promise.resolve();
        },
        measure: () => Promise.resolve([0]),
        ended: () => null,
        stopNew: () => {
          stopped = true;
          return Promise.resolve();
        },
        ...world,
      },
      append: (event) => events.push(event),
      asked: () => {
        const due = [...asks].find(([at]) => at * 1000 <= now);
        if (due === undefined) return undefined;
        asks.delete(due[0]);
        return due[1];
      },
      now: () => now,
      wait: async (ms) => {
        now += ms;
        await Promise.resolve();
      },
    },
    () => {
      decidedAt = now / 1000;
    },
  );
  return { events, shares, stopped, decidedAt, state: stateOf(events)!, seconds: now / 1000 };
}

const person = (decision: AskedDecision['decision']): AskedDecision => ({ decision, by: 'ada' });

describe('a good version', () => {
  it('gets a tenth, is judged, gets everything, and the old one is kept for a day [R81,R82,R84,R85]', async () => {
    const { shares, state, decidedAt, seconds, stopped } = await release({});
    expect(shares).toEqual([10, 100]);
    expect(state).toMatchObject({ phase: 'settled', percent: 100 });
    expect(decidedAt).toBeLessThan(8 * 60);
    expect(seconds - decidedAt!).toBeCloseTo(24 * 3600, -1);
    expect(stopped).toBe(false);
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
          stopNew: () => Promise.resolve(),
        },
        append: (event) => events.push(event),
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
