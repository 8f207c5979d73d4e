import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, stateFolderOf } from '../../platform/environment.ts';
import { describeError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { followLog } from '../../supervisor/log-file.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

const startLimitMs = 30 * 60_000;

export type UpOptions = {
  readonly detach?: true;
  readonly only?: readonly string[];
  /** Parts that are not there unless asked for. */
  readonly with?: readonly string[];
};

/** Tells of a platform that runs already, waiting for one that is still starting. */
async function reportRunning(state: StateFolder): Promise<boolean> {
  if (runningSupervisor(state) === undefined) return false;
  console.log('MaxAI is already running here.');
  await waitUntil(() => runningSupervisor(state)?.state !== 'starting', startLimitMs);
  const record = runningSupervisor(state);
  if (record?.state !== 'ready') return false;
  console.log(`MaxAI is ready: ${record.url}`);
  return true;
}

/** Starts the platform in a process of its own and returns once it is ready, or with its failure. */
async function upDetached(state: StateFolder, { only }: UpOptions): Promise<number> {
  const logFile = state.log('supervisor');
  const log = openSync(logFile, 'a');
  const from = statSync(logFile).size;
  const main = join(repositoryRoot, 'ops', 'src', 'main.ts');
  const child = spawn(
    process.execPath,
    [main, 'up', ...(only === undefined ? [] : ['--only', only.join(',')])],
    { cwd: repositoryRoot, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const settled = new AbortController();
  let exitCode: number | undefined;
  child.once('exit', (code) => {
    exitCode = code ?? 1;
  });
  void waitUntil(
    () => exitCode !== undefined || runningSupervisor(state)?.state === 'ready',
    startLimitMs,
  ).then(() => settled.abort());
  for await (const text of followLog(logFile, from, settled.signal)) process.stdout.write(text);
  child.unref();
  return exitCode ?? 0;
}

/** `maxai up`: everything, in front or in the background. Returns the exit code. */
export async function up(options: UpOptions): Promise<number> {
  const state = stateFolderOf(process.env);
  if (await reportRunning(state)) return 0;
  try {
    if (options.with !== undefined) {
      const { prepareParts } = await import('../../platform/optional-parts.ts');
      await prepareParts(options.with, process.env, state);
    }
    if (options.detach === true) return await upDetached(state, options);
    const { upAttached } = await import('./run-platform.ts');
    return await upAttached(state, options.only);
  } catch (error) {
    console.error(`\n${describeError(error)}`);
    return 1;
  }
}
