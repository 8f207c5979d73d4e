import { setTimeout as wait } from 'node:timers/promises';
import type { Verdict } from '../judge-run.ts';
import { runChaos, type ChaosSite } from '../run-chaos.ts';
import { faultsInTurn, type Fault } from './faults.ts';

export type NetworkOrder = {
  readonly rate: number;
  readonly faults: readonly Fault[];
  readonly eachSeconds: number;
  readonly drainSeconds: number;
};

const worksWithinMs = 60_000;
const pollMs = 100;
const pauseSeconds = 2;

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

/** Every process that the faults can part from what it needs says that it has it again. */
async function worksAgain(healthUrls: readonly string[]): Promise<boolean> {
  const deadline = performance.now() + worksWithinMs;
  while (performance.now() < deadline) {
    const ready = await Promise.all(healthUrls.map(isReady));
    if (ready.every(Boolean)) return true;
    await wait(pollMs);
  }
  return false;
}

/** On the services' host: loads the platform, spoils its links in turn and judges what is left behind. */
export function runInside(
  platform: ChaosSite,
  { faults, eachSeconds, rate, drainSeconds }: NetworkOrder,
): Promise<Verdict> {
  const healthUrls = platform.plan.processes.map(({ healthUrl }) => healthUrl);
  return runChaos(platform, {
    rate,
    drainSeconds,
    seconds: Math.ceil(faults.length * (eachSeconds + 2 * pauseSeconds)),
    disturb: () =>
      faultsInTurn({
        faults,
        eachSeconds,
        pauseSeconds,
        worksAgain: () => worksAgain(healthUrls),
      }),
  });
}
