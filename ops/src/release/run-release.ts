import { jobFigures, requestFigures, type JudgedFigure } from '@maxai/topology/release-queries';
import type { ReleasePolicy } from '@maxai/topology/release-policy';
import {
  measurementOf,
  verdictOf,
  worstOf,
  type Measurement,
  type Verdict,
} from './analysis-rules.ts';
import type { Decision, ReleaseEvent } from './release-rules.ts';

/** What a release does to the world; one machine is one, a cluster would be another. */
export type ReleaseDriver = {
  /** Starts the new version beside the old one; resolves once it is healthy, rejects with what is wrong. */
  readonly start: () => Promise<void>;
  /** The share of the requests the new version gets from now on. */
  readonly shift: (percent: number) => Promise<void>;
  /** What a query of the judgement gives now; rejects when nobody answers. */
  readonly measure: (query: string) => Promise<readonly number[]>;
  /** Why the new version is no longer there; null while it is. */
  readonly ended: () => string | null;
  /** Lets the new version finish what it has, and ends it. */
  readonly stopNew: () => Promise<void>;
};

export type AskedDecision = { readonly decision: Decision; readonly by: string };

export type ReleaseRun = {
  readonly id: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly policy: ReleasePolicy;
  readonly judgedBy: 'requests' | 'jobs';
  readonly driver: ReleaseDriver;
  readonly append: (event: ReleaseEvent) => void;
  /** What a person has asked for since the last time, if anything. */
  readonly asked: () => AskedDecision | undefined;
  readonly now: () => number;
  /** Resolves after the time, or earlier; rejects when the release must end at once. */
  readonly wait: (ms: number) => Promise<void>;
};

const engine = 'the judgement';
const pollMs = 200;

/** Distributes over the kinds of event. */
type Unstamped<E> = E extends ReleaseEvent ? Omit<E, 'at'> : never;

function shownValue(measurement: Measurement): string {
  return 'value' in measurement
    ? `${measurement.outcome} (${Number(measurement.value.toPrecision(3))})`
    : measurement.outcome;
}

/** Judges the new version while it has its share; resolves with what should be done, and why. */
async function judge(
  run: ReleaseRun,
  figures: readonly JudgedFigure[],
  note: (event: Unstamped<ReleaseEvent>) => void,
): Promise<AskedDecision & { readonly reason: string }> {
  const { judgement } = run.policy;
  const taken = new Map(figures.map(({ name }) => [name, [] as Measurement[]]));
  let verdict: Verdict = { kind: 'measuring' };
  let nextAt = run.now() + judgement.windowSeconds * 1000;
  for (;;) {
    const asked = run.asked();
    if (asked !== undefined) return { ...asked, reason: 'a person decided' };
    const ended = run.driver.ended();
    if (ended !== null) return { decision: 'abort', by: engine, reason: `it ended: ${ended}` };
    if (verdict.kind !== 'undecided' && run.now() >= nextAt) {
      nextAt = run.now() + judgement.intervalSeconds * 1000;
      for (const { name, query, max } of figures) {
        const measurement = await run.driver.measure(query).then(
          (values) => measurementOf(values, max),
          (error: unknown): Measurement => ({ outcome: 'error', reason: String(error) }),
        );
        taken.get(name)?.push(measurement);
        note({ kind: 'measured', figure: name, outcome: shownValue(measurement) });
      }
      verdict = worstOf(
        [...taken].map(([name, measurements]) => verdictOf(name, measurements, judgement)),
      );
      if (verdict.kind === 'passed') {
        return { decision: 'promote', by: engine, reason: 'every figure stayed within its limit' };
      }
      if (verdict.kind === 'failed' || verdict.kind === 'blind') {
        return { decision: 'abort', by: engine, reason: verdict.reason };
      }
      if (verdict.kind === 'undecided') note({ kind: 'paused', reason: verdict.reason });
    }
    await run.wait(pollMs);
  }
}

/** Starts the new version; null when it came up, otherwise why it did not. */
async function startNew(run: ReleaseRun): Promise<string | null> {
  const late = `it was not healthy within ${run.policy.progressDeadlineSeconds} s`;
  const outcome: { failure?: string | null } = {};
  const started = async () => {
    try {
      await run.driver.start();
      outcome.failure = null;
    } catch (error) {
      outcome.failure = error instanceof Error ? error.message : String(error);
    }
  };
  void started();
  const deadline = run.now() + run.policy.progressDeadlineSeconds * 1000;
  while (outcome.failure === undefined) {
    if (run.now() > deadline) return late;
    await run.wait(pollMs);
  }
  return outcome.failure;
}

/** Waits out the time the old version is kept; who wanted it back before, and why. */
async function wantedBack(
  run: ReleaseRun,
): Promise<{ readonly by: string; readonly reason: string } | undefined> {
  const until = run.now() + run.policy.keepOldHours * 3_600_000;
  while (run.now() < until) {
    const asked = run.asked();
    if (asked?.decision === 'rollback') {
      return { by: asked.by, reason: 'a person wanted the old version back' };
    }
    const ended = run.driver.ended();
    if (ended !== null) return { by: engine, reason: `the new version ended: ${ended}` };
    await run.wait(pollMs);
  }
  return undefined;
}

/**
 * One release from its start to its end: new beside old, its share of the requests, the judgement, then all of them
 * or none; the old version is kept for the way back. `decided` runs once the new version has all requests or none.
 */
export async function runRelease(run: ReleaseRun, decided: () => void): Promise<void> {
  const { id, service, from, to, by, policy, driver } = run;
  const note = (event: Unstamped<ReleaseEvent>) => run.append({ at: run.now(), ...event });
  const shift = async (percent: number) => {
    await driver.shift(percent);
    note({ kind: 'shifted', percent });
  };
  const takeBack = async (decision: 'abort' | 'rollback', who: string, reason: string) => {
    note({ kind: 'decided', decision, by: who, reason });
    await shift(0);
    await driver.stopNew();
    note({ kind: 'drained', version: to });
  };
  note({ kind: 'started', id, service, from, to, by });
  const failure = await startNew(run);
  if (failure !== null) {
    await takeBack('abort', engine, `${to} did not start: ${failure}`);
    return decided();
  }
  note({ kind: 'available' });
  await shift(policy.canaryPercent);
  const figures = (run.judgedBy === 'jobs' ? jobFigures : requestFigures)(
    policy.judgement,
    service,
    to,
  );
  const verdict = await judge(run, figures, note);
  if (verdict.decision !== 'promote') {
    await takeBack('abort', verdict.by, verdict.reason);
    return decided();
  }
  note({ kind: 'decided', decision: 'promote', by: verdict.by, reason: verdict.reason });
  await shift(100);
  decided();
  const back = await wantedBack(run);
  if (back === undefined) return note({ kind: 'retired', version: from });
  return takeBack('rollback', back.by, back.reason);
}
