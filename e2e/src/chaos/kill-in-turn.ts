import { platformStatus } from '@maxai/ops/platform/platform-status';
import type { StateFolder } from '@maxai/ops/supervisor/state-folder';
import { setTimeout as wait } from 'node:timers/promises';
import type { Disturbance } from './judge-run.ts';

const pollMs = 100;
const limitMs = 60_000;

async function find(state: StateFolder, name: string) {
  const { processes } = await platformStatus(state);
  return processes.find((process) => process.name === name);
}

/** Kills one process without warning and waits until it is healthy under a new process id. */
export async function killOnce(state: StateFolder, name: string): Promise<Disturbance> {
  const before = await find(state, name);
  if (before === undefined) throw new Error(`there is no process called ${name} to kill`);
  process.kill(before.pid, 'SIGKILL');
  const killedAt = performance.now();
  while (performance.now() - killedAt < limitMs) {
    const now = await find(state, name);
    if (now !== undefined && now.pid !== before.pid && now.healthy) {
      const backAfterMs = Math.round(performance.now() - killedAt);
      return { name, lastedMs: 0, backAfterMs };
    }
    await wait(pollMs);
  }
  return { name, lastedMs: limitMs, backAfterMs: null };
}

/** Each name once, evenly over the time; a process that is slow to come back moves the next kill. */
export async function killInTurn(
  state: StateFolder,
  names: readonly string[],
  seconds: number,
): Promise<Disturbance[]> {
  const startedAt = performance.now();
  const gapMs = (seconds * 1000) / (names.length + 1);
  const kills: Disturbance[] = [];
  for (const [index, name] of names.entries()) {
    await wait(Math.max(0, (index + 1) * gapMs - (performance.now() - startedAt)));
    kills.push(await killOnce(state, name));
  }
  return kills;
}
