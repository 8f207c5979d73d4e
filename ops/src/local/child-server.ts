import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A server process of ours, in its own process group so that Ctrl-C reaches the supervisor alone. */
export type ChildServer = {
  readonly pid: number;
  /** Settles when the process has ended, however it came about. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Asks with `signal`, insists with SIGKILL after `patienceMs`, and returns once it is gone. */
  stop(signal: NodeJS.Signals, patienceMs: number): Promise<void>;
};

/** Starts a server whose output goes to the end of `logFile`. Throws when the program cannot be run. */
export async function spawnServer(
  program: string,
  parameters: readonly string[],
  options: SpawnOptions & { readonly logFile: string },
): Promise<ChildServer> {
  const log = openSync(options.logFile, 'a', 0o600);
  const child: ChildProcess = spawn(program, parameters, {
    ...options,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exited = false;
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => {
      exited = true;
      resolve();
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    // A process that was spawned has an id.
    child.once('spawn', () => resolve(child.pid as number));
  });
  return {
    pid,
    exited: exit,
    hasExited: () => exited,
    stop: async (signal, patienceMs) => {
      child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exit;
      clearTimeout(insist);
    },
  };
}

/** The last lines a server wrote, for an error message. */
export function lastLines(logFile: string, count: number): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
