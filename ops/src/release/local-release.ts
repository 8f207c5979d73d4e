import { versionLabel } from '@maxai/topology/release-queries';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readSplits, type TrafficSplit } from '../edge/traffic-split.ts';
import { freePort } from '../local/ports.ts';
import {
  queryPrometheus,
  startPrometheus,
  type ScrapeTarget,
} from '../observability/start-prometheus.ts';
import type { Daemon } from '../observability/start-daemon.ts';
import type { LocalProcess } from '../platform/local-plan.ts';
import { trafficFileOf } from '../platform/local-platform.ts';
import { nicenessOf } from '../platform/processor-share.ts';
import { lastLines } from '../supervisor/log-file.ts';
import { isHealthy } from '../supervisor/probe.ts';
import { spawnProcess, type Running } from '../supervisor/spawn-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { changeSplits } from './change-splits.ts';
import type { ReleaseDriver } from './run-release.ts';
import { setTimeout as pause } from 'node:timers/promises';

/** A version of a service on this machine: the checkout it lies in, and what else its Node is told. */
export type LocalVersion = {
  readonly name: string;
  readonly folder: string;
  readonly nodeOptions?: readonly string[];
};

export type LocalReleaseOptions = {
  readonly state: StateFolder;
  /** The service's process as the running platform has it. */
  readonly process: LocalProcess;
  readonly version: LocalVersion;
  /** Seconds between two scrapes. */
  readonly scrapeIntervalSeconds: number;
  /** Given each process of the release as soon as there is one. */
  readonly onSpawn: (pid: number) => void;
};

export type LocalRelease = ReleaseDriver & {
  /** The version that has all requests before the release. */
  readonly from: string;
  /** Where the new version answers. */
  readonly url: string;
  /** Ends what only the judgement needs. */
  readonly endJudgement: () => Promise<void>;
};

const graceMs = 30_000;

/** What answers for a target before a release: what the last one came to, or the platform's own process. */
function currentVersion(
  split: TrafficSplit | undefined,
  { port, env }: LocalProcess,
  prefix: string,
): { version: string; url: string } {
  if (split !== undefined) return split.canaryPercent === 100 ? split.canary : split.stable;
  return {
    version: String(env[`${prefix}_VERSION`]),
    url: `http://127.0.0.1:${port}`,
  };
}

/** A release behind the edge of this machine: two processes of one service, and a Prometheus that sees both. */
export async function localRelease(options: LocalReleaseOptions): Promise<LocalRelease> {
  const { state, process: platformProcess, version } = options;
  const { name } = platformProcess;
  const prefix = name.replaceAll('-', '_').toUpperCase();
  const trafficFile = trafficFileOf(state);
  let known = readSplits(trafficFile)[name];
  const stable = currentVersion(known, platformProcess, prefix);
  const port = await freePort();
  const canary = { version: version.name, url: `http://127.0.0.1:${port}` };
  const logFile = state.log(`${name}-${version.name}`);
  // Its own for each release: the one before may still be letting go of its data.
  const judgementFolder = state.file(`judgement-${port}`);
  let running: Running | undefined;
  let ended: string | null = null;
  let prometheus: Promise<Daemon> | undefined;
  let stopped = false;

  const target = (of: { version: string; url: string }): ScrapeTarget => ({
    service: name,
    port: Number(new URL(of.url).port),
    labels: { [versionLabel]: of.version },
  });

  async function startProcess(): Promise<void> {
    const entry = join(version.folder, platformProcess.entry);
    if (!existsSync(entry)) throw new Error(`there is no ${entry}`);
    const started = spawnProcess({
      command: process.execPath,
      args: [...(version.nodeOptions ?? []), entry],
      cwd: version.folder,
      env: {
        ...platformProcess.env,
        [`${prefix}_PORT`]: String(port),
        [`${prefix}_VERSION`]: version.name,
      },
      logFile,
      // As the version it is compared with.
      niceness: nicenessOf(platformProcess),
    });
    running = started;
    options.onSpawn(started.pid);
    const watch = async () => {
      ended = await started.exited;
    };
    void watch();
    const healthUrl = `${canary.url}${new URL(platformProcess.healthUrl).pathname}`;
    while (!(await isHealthy({ port, healthUrl }))) {
      if (ended !== null) throw new Error(`it ended (${ended}):\n${lastLines(logFile, 20)}`);
      await pause(100);
    }
  }

  async function startJudgement(): Promise<Daemon> {
    return startPrometheus({
      folder: judgementFolder,
      port: await freePort(),
      scrapeIntervalSeconds: options.scrapeIntervalSeconds,
      targets: [target(stable), target(canary)],
    });
  }

  return {
    from: stable.version,
    url: canary.url,
    async start() {
      prometheus = startJudgement();
      options.onSpawn((await prometheus).pid);
      if (stopped) throw new Error('it was taken back before it was started');
      await startProcess();
    },
    /** Writes only over what this release wrote or found, or over what a later one left when it was taken back. */
    async shift(percent) {
      const next = { stable, canary, canaryPercent: percent };
      const written = await changeSplits(trafficFile, (splits) => {
        const split = splits[name];
        const urls = [split?.stable.url, split?.canary.url];
        const returned = split?.canaryPercent === 0 && split.stable.url === canary.url;
        if (!returned && !isDeepStrictEqual(split, known)) {
          if (percent === 0 && !urls.includes(canary.url)) return undefined;
          throw new Error(`the requests of ${name} follow another release by now`);
        }
        return { ...splits, [name]: next };
      });
      if (written) known = next;
    },
    isSuperseded() {
      const split = readSplits(trafficFile)[name];
      return split?.stable.url === canary.url && split.canaryPercent > 0;
    },
    async measure(query) {
      if (prometheus === undefined) throw new Error('the judgement has not begun');
      const samples = await queryPrometheus((await prometheus).url, query);
      return samples.map(({ value }) => value);
    },
    ended: () => ended,
    async stopNew() {
      stopped = true;
      await running?.stop(graceMs);
    },
    async endJudgement() {
      const started = await prometheus?.catch(() => undefined);
      await started?.stop();
      rmSync(judgementFolder, { recursive: true, force: true });
    },
  };
}
