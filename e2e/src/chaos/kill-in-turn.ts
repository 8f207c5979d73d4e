import { platformStatus } from '@maxai/ops/platform/platform-status';
import type { StateFolder } from '@maxai/ops/supervisor/state-folder';
import { setTimeout as wait } from 'node:timers/promises';

export type Kill = {
  readonly name: string;
  /** From the kill until it was healthy under a new process id; null when that took longer than a minute. */
  readonly backAfterMs: number | null;
};

const pollMs = 100;
const limitMs = 60_000;

async function find(state: StateFolder, name: string) {
  const { processes } = await platformStatus(state);
  return processes.find((process) => process.name === name);
}

/** Kills one process without warning and waits until its supervisor has it back. */
export async function killOnce(state: StateFolder, name: string): Promise<Kill> {
  const before = await find(state, name);
  if (before === undefined) throw new Error(`there is no process called ${name} to kill`);
  process.kill(before.pid, 'SIGKILL');
  const killedAt = performance.now();
  while (performance.now() - killedAt < limitMs) {
    const now = await find(state, name);
    if (now !== undefined && now.pid !== before.pid && now.healthy) {
      return { name, backAfterMs: Math.round(performance.now() - killedAt) };
    }
    await wait(pollMs);
  }
  return { name, backAfterMs: null };
}

/** Each name once, evenly over the time; a process that is slow to come back moves the next kill. */
export async function killInTurn(
  state: StateFolder,
  names: readonly string[],
  seconds: number,
): Promise<Kill[]> {
  const startedAt = performance.now();
  const gapMs = (seconds * 1000) / (names.length + 1);
  const kills: Kill[] = [];
  for (const [index, name] of names.entries()) {
    await wait(Math.max(0, (index + 1) * gapMs - (performance.now() - startedAt)));
    kills.push(await killOnce(state, name));
  }
  return kills;
}
