import { jobFigures, requestFigures, type JudgedFigure } from '@maxai/topology/release-queries';
import type { ReleasePolicy } from '@maxai/topology/release-policy';
import {
  measurementOf,
  verdictOf,
  worstOf,
  type Measurement,
  type Verdict,
} from './analysis-rules.ts';
import { isOpen, stateOf, type Decision, type ReleaseEvent } from './release-rules.ts';

/** What a release does to the world; one machine is one, a cluster would be another. */
export type ReleaseDriver = {
  /** Starts the new version beside the old one; resolves once it is healthy, rejects with what is wrong. */
  readonly start: () => Promise<void>;
  /** The share of the requests the new version gets from now on; rejects when they follow another release. */
  readonly shift: (percent: number) => Promise<void>;
  /** What a query of the judgement gives now; rejects when nobody answers. */
  readonly measure: (query: string) => Promise<readonly number[]>;
  /** Whether a later release has put a version beside this one, and decides about the requests. */
  readonly isSuperseded: () => boolean;
  /** Why the new version is no longer there; null while it is. */
  readonly ended: () => string | null;
  /** Lets the new version finish what it has, and ends it. */
  readonly stopNew: () => Promise<void>;
};

export type AskedDecision = {
  readonly decision: Decision;
  readonly by: string;
  /** That a person decided, when it is left out. */
  readonly reason?: string;
};

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
  /** Asks a later release of the service, as long as it is not decided, to give the requests back. */
  readonly askBack: (reason: string) => void;
  /** What has been asked for since the last time, if anything. */
  readonly asked: () => AskedDecision | undefined;
  readonly now: () => number;
  /** Resolves after the time, or earlier; rejects when the release must end at once. */
  readonly wait: (ms: number) => Promise<void>;
};

const engine = 'the judgement';
const byPerson = 'a person decided';
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
  before: AskedDecision | undefined,
): Promise<AskedDecision & { readonly reason: string }> {
  const { judgement } = run.policy;
  const taken = new Map(figures.map(({ name }) => [name, [] as Measurement[]]));
  let verdict: Verdict = { kind: 'measuring' };
  let nextAt = run.now() + judgement.windowSeconds * 1000;
  for (;;) {
    const asked = run.asked() ?? before;
    if (asked !== undefined) return { reason: byPerson, ...asked };
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

type Started = {
  /** Why the new version is not to be judged, and who says so. */
  readonly failure?: { readonly by: string; readonly reason: string };
  /** The promotion a person asked for meanwhile. */
  readonly asked?: AskedDecision | undefined;
};

/** Starts the new version, unless it takes too long or a person takes it back meanwhile. */
async function startNew(run: ReleaseRun): Promise<Started> {
  const failed = (why: string) => ({
    failure: { by: engine, reason: `${run.to} did not start: ${why}` },
  });
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
  let asked: AskedDecision | undefined;
  while (outcome.failure === undefined) {
    asked = run.asked() ?? asked;
    if (asked?.decision === 'abort') return { failure: { reason: byPerson, ...asked } };
    if (run.now() > deadline) {
      return failed(`it was not healthy within ${run.policy.progressDeadlineSeconds} s`);
    }
    await run.wait(pollMs);
  }
  return outcome.failure === null ? { asked } : failed(outcome.failure);
}

/**
 * Watches the new version for as long as it is there, and the old one while it is kept; resolves with who wants the
 * old one back, and why. Meanwhile a later release may decide about the requests; this one then only asks for them.
 */
async function wantedBack(
  run: ReleaseRun,
  retire: () => void,
): Promise<{ readonly by: string; readonly reason: string }> {
  const until = run.now() + run.policy.keepOldHours * 3_600_000;
  let isKept = true;
  let hasAsked = false;
  for (;;) {
    if (isKept && run.now() >= until) {
      isKept = false;
      retire();
    }
    const ended = run.driver.ended();
    if (run.driver.isSuperseded()) {
      if (ended !== null && !hasAsked) {
        hasAsked = true;
        run.askBack(`${run.to}, which it began from, ended: ${ended}`);
      }
    } else {
      const asked = run.asked();
      if (asked?.decision === 'rollback') {
        return { by: asked.by, reason: 'a person wanted the old version back' };
      }
      if (ended !== null) return { by: engine, reason: `the new version ended: ${ended}` };
    }
    await run.wait(pollMs);
  }
}

/** Resolves once the new version has no share; false when the release must end before that. */
async function withoutShare({ driver, wait }: ReleaseRun): Promise<boolean> {
  const tried = (attempt: Promise<void>) =>
    attempt.then(
      () => true,
      () => false,
    );
  for (;;) {
    if (!driver.isSuperseded() && (await tried(driver.shift(0)))) return true;
    if (!(await tried(wait(pollMs)))) return false;
  }
}

/**
 * Takes the new version back when its release cannot go on: first its share, for as long as that takes, then its
 * process. What cannot be written down is done nevertheless.
 */
async function giveUp(
  run: ReleaseRun,
  events: readonly ReleaseEvent[],
  error: unknown,
): Promise<void> {
  const state = stateOf(events);
  if (state === undefined) return;
  const note = (event: Unstamped<ReleaseEvent>) => {
    try {
      run.append({ at: run.now(), ...event });
    } catch (cause) {
      console.error(`${run.id}: ${event.kind} is not in its record: ${String(cause)}`);
    }
  };
  const decision = isOpen(state) ? 'abort' : 'rollback';
  const reason = `the release could not go on: ${error instanceof Error ? error.message : String(error)}`;
  if (state.phase !== 'aborted' && state.phase !== 'rolled-back') {
    note({ kind: 'decided', decision, by: 'the controller', reason });
  }
  if (await withoutShare(run)) note({ kind: 'shifted', percent: 0 });
  await run.driver.stopNew();
  note({ kind: 'drained', version: run.to });
}

async function proceed(run: ReleaseRun, decided: () => void): Promise<void> {
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
  const { failure, asked } = await startNew(run);
  if (failure !== undefined) {
    await takeBack('abort', failure.by, failure.reason);
    return decided();
  }
  note({ kind: 'available' });
  await shift(policy.canaryPercent);
  const figures = (run.judgedBy === 'jobs' ? jobFigures : requestFigures)(
    policy.judgement,
    service,
    to,
  );
  const verdict = await judge(run, figures, note, asked);
  if (verdict.decision !== 'promote') {
    await takeBack('abort', verdict.by, verdict.reason);
    return decided();
  }
  note({ kind: 'decided', decision: 'promote', by: verdict.by, reason: verdict.reason });
  await shift(100);
  decided();
  const back = await wantedBack(run, () => note({ kind: 'retired', version: from }));
  return takeBack('rollback', back.by, back.reason);
}

/**
 * One release from its start to its end: new beside old, its share of the requests, the judgement, then all of them
 * or none; the old version is kept for the way back. `decided` runs once the new version has all requests or none.
 * Resolves, or rejects with why it could not go on, when the new version is gone.
 */
export async function runRelease(run: ReleaseRun, decided: () => void): Promise<void> {
  const events: ReleaseEvent[] = [];
  const append = (event: ReleaseEvent) => {
    run.append(event);
    events.push(event);
  };
  try {
    await proceed({ ...run, append }, decided);
  } catch (error) {
    await giveUp(run, events, error);
    throw error;
  }
}
