import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stopPlatform } from '../../commands/platform/down.ts';
import { repositoryRoot } from '../../platform/environment.ts';
import { localPlatformOf } from '../../platform/local-platform.ts';
import type { LocalPlan } from '../../platform/local-plan.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { lastLines } from '../../supervisor/log-file.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { isHealthy } from '../../supervisor/probe.ts';
import { sendSignal, treeOf } from '../../supervisor/process-table.ts';
import { spawnProcess, type Running } from '../../supervisor/spawn-process.ts';
import { openStateFolder, type StateFolder } from '../../supervisor/state-folder.ts';
import { enableBackups } from '../enable-backups.ts';
import { findProcess } from '../find-process.ts';
import { adminUrl } from '../restore-platform.ts';
import { untilHolds } from '../until-holds.ts';

/** One place where a copy of the platform runs: its state folder, its ports, its edge. */
export type Site = {
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the outside world reaches it. */
  readonly origin: string;
  /** The superuser's connection to the platform's database. */
  readonly databaseUrl: string;
  /** Starts the platform as `maxai up` does, then its edge. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Ends every process of it at once, as a power cut does. */
  readonly cutPower: () => Promise<void>;
};

/** What takes, stores and queues webhooks; the topology adds what it depends on. */
const processes = 'webhook-ingress';
const edgeLimitMs = 60_000;

/** Prepares a site in a folder that may hold secrets and data already. */
export function prepareSite(given: {
  readonly folder: string;
  readonly port: number;
  readonly separateStorage: string;
}): Site {
  const { folder, port, separateStorage } = given;
  mkdirSync(folder, { recursive: true });
  // PostgreSQL runs under another account when root runs this.
  chmodSync(folder, 0o711);
  const env = { ...process.env, MAXAI_STATE: folder, MAXAI_PORT: String(port) };
  const state = openStateFolder(folder);
  const { plan, secrets } = localPlatformOf(env, state);
  enableBackups(state, { port: plan.postgres.port, separateStorage });
  let edge: Running | undefined;

  async function startEdge(): Promise<void> {
    const spec = findProcess(plan, 'edge');
    edge = spawnProcess({
      command: process.execPath,
      args: [join(repositoryRoot, spec.entry)],
      // In the folder, so that whoever clears it finds the process.
      cwd: folder,
      env: spec.env,
      logFile: state.log('edge'),
    });
    // Its health would ask for the web apps too, which a drill does without.
    const probe = { port, healthUrl: `http://127.0.0.1:${port}/livez` };
    await untilHolds(() => isHealthy(probe), edgeLimitMs, {
      what: 'The edge did not start.',
      fix: `look at ${state.log('edge')}`,
    });
  }

  async function startPlatform(): Promise<void> {
    const main = join(repositoryRoot, 'ops/src/main.ts');
    const child = spawn(process.execPath, [main, 'up', '--detach', '--only', processes], {
      cwd: repositoryRoot,
      env,
      stdio: 'ignore',
    });
    const [code] = await once(child, 'exit');
    if (code === 0) return;
    throw new CommandError(
      `The copy of the platform did not start:\n${lastLines(state.log('supervisor'), 20)}`,
      `mend what it says, or choose other ports: --port`,
    );
  }

  return {
    state,
    plan,
    secrets,
    origin: `http://127.0.0.1:${port}`,
    databaseUrl: adminUrl(plan, secrets, plan.postgres.database),
    async start() {
      await startPlatform();
      await startEdge();
    },
    async stop() {
      await edge?.stop(0);
      await stopPlatform(state);
    },
    async cutPower() {
      await edge?.stop(0);
      const record = runningSupervisor(state);
      const pids = record?.children.flatMap((child) => treeOf(child.pid)) ?? [];
      for (const pid of [record?.pid ?? 0, ...pids].filter((it) => it > 0)) {
        sendSignal(pid, 'SIGKILL');
      }
    },
  };
}
