import { commandOf, ownBytes, treeOf } from '@maxai/ops/supervisor/process-table';
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
  /** Before each look: so long that database sessions which nobody needs at rest have been closed. */
  readonly restSeconds: number;
};

/**
 * What a database allocated for itself: the buffers its processes share have a fixed size and fill up. Of a role's sessions
 * the largest, as it is chance how many of them are left.
 */
function allocatedMb(pid: number): number {
  const titleOf = (one: number) => commandOf(one).replace(/(\(\d+\))? \w+( in transaction)?$/, '');
  const byTitle = Map.groupBy(treeOf(pid), titleOf);
  const largest = [...byTitle.values()].map((pids) =>
    Math.max(...pids.map((one) => ownBytes([one]))),
  );
  return largest.reduce((total, bytes) => total + bytes, 0) / 1_000_000;
}

/** What each process needs: a Node process after a full collection, a database as {@link allocatedMb} says. */
async function neededMb({ state, plan }: PlatformStack): Promise<Record<string, number>> {
  const nodes = new Set(plan.processes.map(({ name }) => name));
  const mb: Record<string, number> = {};
  for (const { name, pid } of state.readSupervisor()?.children ?? []) {
    mb[name] = nodes.has(name) ? await liveMemoryMb(pid) : allocatedMb(pid);
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
  { rounds, roundSeconds, restSeconds, ...rates }: Rates & GrowthRounds,
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
      await wait(restSeconds * 1000);
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
