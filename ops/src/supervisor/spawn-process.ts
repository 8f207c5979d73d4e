import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { sendSignal } from './process-table.ts';
import { stepBack } from './step-back.ts';

/** A process under the supervisor's care; `exited` resolves with words for its end, once nothing of it is left. */
export type Running = {
  readonly pid: number;
  readonly exited: Promise<string>;
  /** Asks it to end, waits up to `graceMs`, then kills it and everything it started. */
  readonly stop: (graceMs: number) => Promise<void>;
};

export type SpawnOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** How far it steps back behind others, 1 to 19; not at all when left out. */
  readonly niceness?: number;
};

const inherited = ['PATH', 'HOME', 'TZ'] as const;

function baseEnvironment(): Record<string, string> {
  const pairs = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(pairs), NODE_ENV: 'production' };
}

/**
 * Starts a process as the leader of its own group, so that a Ctrl-C in the terminal reaches only the supervisor and
 * whatever the process starts can be ended with it. It sees PATH, HOME, TZ, NODE_ENV and its own settings only.
 */
export function spawnProcess(options: SpawnOptions): Running {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: { ...baseEnvironment(), ...options.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  // The command is the running Node itself, which exists: a pid is always there.
  const pid = child.pid as number;
  const ended = new AbortController();
  const { niceness = 0 } = options;
  if (niceness > 0) void stepBack(pid, niceness, ended.signal);
  const exited = once(child, 'exit').then(([code, signal]) => {
    ended.abort();
    sendSignal(-pid, 'SIGKILL');
    return signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  return {
    pid,
    exited,
    async stop(graceMs) {
      child.kill('SIGTERM');
      await Promise.race([exited, setTimeout(graceMs, undefined, { ref: false })]);
      sendSignal(-pid, 'SIGKILL');
      await exited;
    },
  };
}
