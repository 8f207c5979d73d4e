import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repositoryRoot, stateFolderOf } from '../../platform/environment.ts';
import { localPlatformOf } from '../../platform/local-platform.ts';
import { releasesFolder } from '../../release/control-release.ts';
import { describeEvent } from '../../release/incident-report.ts';
import { openReleaseRecord } from '../../release/release-record.ts';
import { isOpen, stateOf } from '../../release/release-rules.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { lastLines } from '../../supervisor/log-file.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import { releasableProcess } from './local-process.ts';

export type StartOptions = {
  readonly from?: string;
  readonly version: string;
  readonly speed: string;
  readonly detach?: true;
};

const versionName = /^[\w.-]{1,40}$/;

/**
 * Prints what is written down about a release until it is decided; returns whether it was promoted. Throws when the
 * controller is gone before that.
 */
export async function followRelease(
  state: StateFolder,
  id: string,
  isGone: () => boolean,
  print: (line: string) => void,
): Promise<boolean> {
  const record = openReleaseRecord(releasesFolder(state));
  let told = 0;
  for (;;) {
    // Asked first: what a controller writes at its end is read as well.
    const wasGone = isGone();
    const events = record.read(id);
    for (const event of events.slice(told)) {
      print(`${new Date(event.at).toISOString().slice(11, 19)}  ${describeEvent(event)}`);
    }
    told = events.length;
    const now = stateOf(events);
    if (now !== undefined && !isOpen(now)) {
      const settled = now.phase === 'promoted' ? now.percent === 100 : now.percent === 0;
      if (settled) return now.phase === 'promoted';
    }
    if (wasGone) {
      throw new CommandError(
        `${id} has no controller any more: nobody judges it.`,
        'npx maxai release abort takes the version back; npx maxai logs release says why',
      );
    }
    await pause(200);
  }
}

/** `maxai release start`: a new version beside the running one. Returns the exit code. */
export async function startRelease(service: string, options: StartOptions): Promise<number> {
  const state = stateFolderOf(process.env);
  if (runningSupervisor(state)?.state !== 'ready') {
    throw new CommandError('MaxAI is not running here.', 'npm start, or npx maxai up --detach');
  }
  if (!versionName.test(options.version)) {
    throw new CommandError(
      `"${options.version}" is no name of a version.`,
      'use letters, digits, dots and dashes',
    );
  }
  const folder = resolve(options.from ?? repositoryRoot);
  const { plan } = localPlatformOf(process.env, state);
  const { entry } = releasableProcess(plan, service);
  if (!existsSync(join(folder, entry))) {
    throw new CommandError(
      `There is no ${entry} in ${folder}.`,
      'give --from the folder of a checkout with its dependencies installed',
    );
  }
  const logFile = state.log('release');
  const log = openSync(logFile, 'a');
  const controller = spawn(
    process.execPath,
    [
      join(repositoryRoot, 'ops/src/release/controller/main.ts'),
      service,
      folder,
      options.version,
      options.speed,
      userInfo().username,
    ],
    { cwd: repositoryRoot, detached: true, stdio: ['ignore', log, log, 'ipc'] },
  );
  closeSync(log);
  let gone = false;
  const started = Promise.withResolvers<string>();
  // The controller sends the id of its release, and nothing else.
  controller.once('message', (id) => started.resolve(id as string));
  // Not at its exit: its message may be read after that.
  controller.once('close', () => {
    gone = true;
    started.reject(new CommandError(lastLines(logFile, 3), `its log is ${logFile}`));
  });
  const id = await started.promise;
  controller.unref();
  if (options.detach === true) {
    console.log(`${id} is under way: npx maxai release status`);
    return 0;
  }
  return (await followRelease(
    state,
    id,
    () => gone,
    (line) => console.log(line),
  ))
    ? 0
    : 1;
}
