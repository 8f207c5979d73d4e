import { versionLabel } from '@maxai/topology/release-queries';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readSplits, writeSplits, type TrafficSplit } from '../edge/traffic-split.ts';
import { freePort } from '../local/ports.ts';
import {
  queryPrometheus,
  startPrometheus,
  type ScrapeTarget,
} from '../observability/start-prometheus.ts';
import type { Daemon } from '../observability/start-daemon.ts';
import type { LocalProcess } from '../platform/local-plan.ts';
import { trafficFileOf } from '../platform/local-platform.ts';
import { lastLines } from '../supervisor/log-file.ts';
import { isHealthy } from '../supervisor/probe.ts';
import { spawnProcess, type Running } from '../supervisor/spawn-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
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
};

export type LocalRelease = ReleaseDriver & {
  /** The version that has all requests before the release. */
  readonly from: string;
  /** Ends what only the judgement needs. */
  readonly endJudgement: () => Promise<void>;
};

const graceMs = 30_000;

/** What answers for a target before a release: the last one's new version, or the platform's own process. */
function currentVersion(
  split: TrafficSplit | undefined,
  { port, env }: LocalProcess,
  prefix: string,
): { version: string; url: string } {
  if (split?.canaryPercent === 100) return split.canary;
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
  const stable = currentVersion(readSplits(trafficFile)[name], platformProcess, prefix);
  const port = await freePort();
  const canary = { version: version.name, url: `http://127.0.0.1:${port}` };
  const logFile = state.log(`${name}-${version.name}`);
  // Its own for each release: the one before may still be letting go of its data.
  const judgementFolder = state.file(`judgement-${port}`);
  let running: Running | undefined;
  let ended: string | null = null;
  let prometheus: Daemon | undefined;

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
    });
    running = started;
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

  return {
    from: stable.version,
    async start() {
      prometheus = await startPrometheus({
        folder: judgementFolder,
        port: await freePort(),
        scrapeIntervalSeconds: options.scrapeIntervalSeconds,
        targets: [target(stable), target(canary)],
      });
      await startProcess();
    },
    shift: (percent) => {
      const splits = readSplits(trafficFile);
      writeSplits(trafficFile, {
        ...splits,
        [name]: { stable, canary, canaryPercent: percent },
      });
      return Promise.resolve();
    },
    async measure(query) {
      if (prometheus === undefined) throw new Error('the judgement has not begun');
      const samples = await queryPrometheus(prometheus.url, query);
      return samples.map(({ value }) => value);
    },
    ended: () => ended,
    async stopNew() {
      await running?.stop(graceMs);
    },
    async endJudgement() {
      await prometheus?.stop();
      rmSync(judgementFolder, { recursive: true, force: true });
    },
  };
}
