import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../statistics.ts';

/** What the platform does most: a few milliseconds of reading and writing JSON. */
const document = JSON.stringify(
  Array.from({ length: 40 }, (_, index) => ({ id: `evt_${index}`, at: index, tags: ['a', 'b'] })),
);
const times = 40;

function work(): void {
  for (let time = 0; time < times; time += 1) JSON.stringify(JSON.parse(document));
}

/** Processor time of one piece of work, in milliseconds: what it waited for a core is none of it. */
function timeWork(): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Once a second, the processor time that one and the same piece of work takes: a core that neighbours of this machine
 * slow down takes more of it. Resolves with the median of each `part` of `parts` once `signal` is aborted.
 */
export async function watchMachineSpeed(parts: number, signal: AbortSignal): Promise<number[]> {
  for (let time = 0; time < 50; time += 1) work();
  const taken: number[] = [];
  while (!signal.aborted) {
    taken.push(timeWork());
    await wait(1000, undefined, { signal }).catch(() => undefined);
  }
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((bound) => Math.floor((bound * taken.length) / parts));
    return median(taken.slice(from, to));
  });
}
