import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { affinityCookie, readSplits } from '../edge/traffic-split.ts';
import type { LocalProcess } from '../platform/local-plan.ts';
import { repositoryRoot } from '../platform/environment.ts';
import { trafficFileOf } from '../platform/local-platform.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { changeSplits } from './change-splits.ts';
import { controlRelease, releasesFolder } from './control-release.ts';
import { rollbackTimes, type RollbackTimes } from './incident-report.ts';
import { openReleaseRecord } from './release-record.ts';
import { stateOf, type ReleasePhase } from './release-rules.ts';

export type RehearsedVersion = 'good' | 'failing' | 'slow';

const faults: Readonly<Record<RehearsedVersion, readonly string[]>> = {
  good: [],
  failing: [`--import=${join(repositoryRoot, 'ops/src/release/fail-requests.ts')}`],
  slow: [`--import=${join(repositoryRoot, 'ops/src/release/delay-requests.ts')}`],
};

export type Rehearsal = RollbackTimes & {
  readonly version: RehearsedVersion;
  readonly phase: ReleasePhase;
  readonly reason: string | null;
  readonly requests: number;
  /** Answered by the new version, in percent, while both had a share. */
  readonly canaryPercent: number;
  /** Answered with 5xx, or not at all. */
  readonly failed: number;
  /** Sessions that were bound to the new version. */
  readonly bound: number;
  /** Of those, the ones that still reached it after it was taken back. */
  readonly stuck: number;
};

type Tally = { requests: number; failed: number; shared: number; canary: number };

export type RehearsalOptions = {
  readonly state: StateFolder;
  readonly url: string;
  readonly process: LocalProcess;
  readonly path: string;
  readonly version: RehearsedVersion;
  readonly speed: number;
  readonly requestsPerSecond: number;
};

/** Asks once without a cookie and once as each browser known; remembers who was bound to which version. */
async function ask(
  { url, path, process: { name } }: RehearsalOptions,
  cookie: string | undefined,
): Promise<{ failed: boolean; version: string | undefined }> {
  const init =
    cookie === undefined ? {} : { headers: { cookie: `${affinityCookie(name)}=${cookie}` } };
  try {
    const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    const given = response.headers
      .getSetCookie()
      .find((text) => text.startsWith(`${affinityCookie(name)}=`));
    return {
      failed: response.status >= 500,
      version: given?.split(/[=;]/)[1] ?? cookie,
    };
  } catch {
    return { failed: true, version: cookie };
  }
}

/** Steady requests until the signal is raised; each is a new browser, so that the shares show. */
async function load(
  options: RehearsalOptions,
  tally: Tally,
  bound: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const under: Promise<void>[] = [];
  const count = async (isShared: boolean) => {
    const { failed, version } = await ask(options, undefined);
    tally.requests += 1;
    if (failed) tally.failed += 1;
    if (isShared) tally.shared += 1;
    if (isShared && version === options.version) tally.canary += 1;
    if (version !== undefined) bound.add(version);
  };
  const trafficFile = trafficFileOf(options.state);
  while (!signal.aborted) {
    const percent = readSplits(trafficFile)[options.process.name]?.canaryPercent ?? 0;
    under.push(count(percent > 0 && percent < 100));
    await pause(1000 / options.requestsPerSecond);
  }
  await Promise.all(under);
}

/** Sessions bound to the new version that reach it although it was taken back. */
async function stuckSessions(options: RehearsalOptions, count: number): Promise<number> {
  const asked = await Promise.all(
    Array.from({ length: count }, () => ask(options, options.version)),
  );
  return asked.filter(({ failed, version }) => failed || version === options.version).length;
}

/** One version of a service put beside the running one, under load, until it has all requests or none. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { state, version } = options;
  const ended = new AbortController();
  const tally: Tally = { requests: 0, failed: 0, shared: 0, canary: 0 };
  const bound = new Set<string>();
  const loading = load(options, tally, bound, ended.signal);
  const over = new AbortController();
  const started = Promise.withResolvers<string>();
  const outcome: { failure?: unknown } = {};
  const running = controlRelease({
    ...options,
    version: { name: version, folder: repositoryRoot, nodeOptions: faults[version] },
    by: 'the rehearsal',
    stopping: over.signal,
    onStart: started.resolve,
  }).catch((error: unknown) => {
    // What is promoted is kept until the rehearsal ends it.
    if (!over.signal.aborted) outcome.failure = error;
    started.reject(error);
  });
  const record = openReleaseRecord(releasesFolder(state));
  try {
    const id = await started.promise;
    const isDecided = () => {
      const kinds = record.read(id).map(({ kind }) => kind);
      const { phase } = stateOf(record.read(id)) ?? { phase: 'starting' };
      return phase === 'promoted' || kinds.includes('drained') || phase === 'paused';
    };
    while (!isDecided() && outcome.failure === undefined) await pause(100);
    if (outcome.failure !== undefined) throw outcome.failure;
    const taken = stateOf(record.read(id))?.phase === 'aborted';
    const sessions = 20;
    const stuck = taken ? await stuckSessions(options, sessions) : 0;
    const events = record.read(id);
    const now = stateOf(events);
    return {
      version,
      phase: now?.phase ?? 'starting',
      reason: now?.reason ?? null,
      requests: tally.requests,
      canaryPercent: tally.shared === 0 ? 0 : (100 * tally.canary) / tally.shared,
      failed: tally.failed,
      bound: bound.has(version) ? sessions : 0,
      stuck,
      ...rollbackTimes(events),
    };
  } finally {
    ended.abort();
    over.abort();
    await loading;
    await running;
    // The platform's own process answers again, for the next version to be put beside it.
    await changeSplits(trafficFileOf(state), () => ({}));
  }
}
