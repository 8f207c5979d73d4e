import { ownBytes, treesOf } from '@maxai/ops/supervisor/process-table';
import { setTimeout as wait } from 'node:timers/promises';
import { liveMemoryMb } from './live-memory.ts';
import { ordersOf, type Rates } from './load-orders.ts';
import type { PlatformStack } from './platform-stack.ts';
import type { PreparedAgency } from './prepare-agency.ts';
import { loadFromOwnProcess } from './run-load.ts';
import { watchQueues } from './sample-queues.ts';

/** What processes needed while nothing was asked of them, in MB by name. */
export type RestingSample = {
  /** Under load until then. */
  readonly loadedMinutes: number;
  readonly mb: Readonly<Record<string, number>>;
};

/** More of the load, after which growth is measured again. */
export type GrowthRounds = {
  /** None measures nothing. */
  readonly rounds: number;
  /** Of each; for a tenth of it the rates rise. */
  readonly roundSeconds: number;
};

/** What was begun by the last jobs has ended, and idle database sessions are as they stay. */
const restMs = 5000;

/**
 * What each process needs: a Node process after a full collection; the databases what they allocated for themselves, as
 * the buffers they share have a fixed size and fill up.
 */
async function neededMb({ state, plan }: PlatformStack): Promise<Record<string, number>> {
  const nodes = new Set(plan.processes.map(({ name }) => name));
  const children = state.readSupervisor()?.children ?? [];
  const trees = treesOf(children.map(({ pid }) => pid));
  const mb: Record<string, number> = {};
  for (const [index, { name, pid }] of children.entries()) {
    const own = () => ownBytes(trees[index] ?? []) / 1_000_000;
    mb[name] = nodes.has(name) ? await liveMemoryMb(pid) : own();
  }
  return mb;
}

/**
 * How memory grows on a platform that has carried the load of `rates` just now: what is needed at rest, and again after
 * each further round. At rest, because a collection holds a process up, and requests under way are no leak.
 */
export async function measureGrowth(
  stack: PlatformStack,
  agency: PreparedAgency,
  { rounds, roundSeconds, ...rates }: Rates & GrowthRounds,
): Promise<RestingSample[]> {
  if (rounds === 0) return [];
  const warmUpSeconds = roundSeconds / 10;
  const orders = ordersOf(stack.origin, agency, {
    ...rates,
    warmUpSeconds,
    seconds: roundSeconds - warmUpSeconds,
  });
  const loadedMinutes = (rates.warmUpSeconds + rates.seconds) / 60;
  const queues = await watchQueues(stack.plan);
  const samples: RestingSample[] = [];
  try {
    for (let done = 0; done <= rounds; done += 1) {
      if (done > 0) await Promise.all(orders.map(loadFromOwnProcess));
      await queues.drained();
      await wait(restMs);
      samples.push({
        loadedMinutes: loadedMinutes + (done * roundSeconds) / 60,
        mb: await neededMb(stack),
      });
    }
    return samples;
  } finally {
    await queues.close();
  }
}
