import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.ts';

/** What the platform does most, for about a millisecond: so little is seldom interrupted. */
const document = JSON.stringify(
  Array.from({ length: 40 }, (_, index) => ({ id: `evt_${index}`, at: index, tags: ['a', 'b'] })),
);
const times = 40;

function timeWork(): number {
  const from = performance.now();
  for (let time = 0; time < times; time += 1) JSON.stringify(JSON.parse(document));
  return performance.now() - from;
}

/**
 * Once a second, the milliseconds that one and the same piece of work takes, until `signal` is aborted; resolves with the
 * lower quartile of each of `parts`. A quarter at least was not interrupted, so what differs from part to part is how fast
 * the machine was: neighbours that share its cores take from it what no process here is charged for.
 */
export async function watchMachineSpeed(parts: number, signal: AbortSignal): Promise<number[]> {
  for (let time = 0; time < 50; time += 1) timeWork();
  const taken: number[] = [];
  while (!signal.aborted) {
    taken.push(timeWork());
    await wait(1000, undefined, { signal }).catch(() => undefined);
  }
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((bound) => Math.floor((bound * taken.length) / parts));
    return percentile(taken.slice(from, to), 0.25);
  });
}
