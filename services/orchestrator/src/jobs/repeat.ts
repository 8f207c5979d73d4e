import type { Logger } from '@maxai/runtime/telemetry';
import { setTimeout as sleep } from 'node:timers/promises';

export type Repeating = {
  /** Runs soon instead of at the next interval. */
  nudge(): void;
  /** Waits for the run under way; none follows. */
  stop(): Promise<void>;
};

/** Runs `work` again and again, never two at once; a run that fails is logged and does not end the series. */
export function repeat(options: {
  readonly name: string;
  readonly intervalMs: number;
  /** Between two runs at least, however often it is nudged: what comes meanwhile is done together. */
  readonly restMs?: number;
  readonly logger: Logger;
  /** Resolves to true when there is more to do at once. */
  readonly work: () => Promise<boolean>;
}): Repeating {
  const { name, intervalMs, restMs = 0, logger, work } = options;
  const state = { stopped: false, nudged: false };
  let wake = () => {};

  async function pause(): Promise<void> {
    const woken = Promise.withResolvers<void>();
    const timer = setTimeout(woken.resolve, intervalMs);
    wake = woken.resolve;
    await woken.promise;
    clearTimeout(timer);
  }

  async function run(): Promise<void> {
    while (!state.stopped) {
      state.nudged = false;
      const more = await work().catch((error: unknown) => {
        logger.warn({ err: error }, `${name} failed and will run again`);
        return false;
      });
      if (more || state.stopped) continue;
      await sleep(restMs);
      if (!state.nudged && !state.stopped) await pause();
    }
  }

  const running = run();
  return {
    nudge() {
      state.nudged = true;
      wake();
    },
    async stop() {
      state.stopped = true;
      wake();
      await running;
    },
  };
}
