import { AppError } from '@maxai/kernel/errors';
import { setTimeout } from 'node:timers/promises';

/**
 * Turns many concurrent calls into few: what arrives while a batch is under way, and for `gatherMs` after it, forms the
 * next; a call that comes alone waits for nothing. Each caller gets its own item's outcome; a batch that fails is run
 * again item by item, so that one bad item rejects nobody but its own caller, unless the store is away: then all of it is
 * rejected, and so is whoever would wait behind `waitingMax` others.
 */
export function createGroupCommit<Item, Outcome>(options: {
  run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  sizeMax: number;
  concurrency: number;
  /** How many must wait for another batch to begin beside one that is under way: few cost more together than in turn. */
  besideMin: number;
  /** As many bodies are held at most. */
  waitingMax: number;
  /** Those whom one batch has just answered are back before it is over. */
  gatherMs: number;
}): (item: Item) => Promise<Outcome> {
  type Waiting = { item: Item; settle: PromiseWithResolvers<Outcome> };
  const waiting: Waiting[] = [];
  let running = 0;

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await options.run(batch.map(({ item }) => item));
      for (const [index, { settle }] of batch.entries()) settle.resolve(outcomes[index] as Outcome);
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'service_unavailable';
      if (batch.length === 1 || isAway) for (const { settle } of batch) settle.reject(error);
      else await Promise.all(batch.map((one) => runBatch([one])));
    }
  }

  async function runWaiting(): Promise<void> {
    const isWorthIt = running === 0 || waiting.length >= options.besideMin;
    if (running === options.concurrency || !isWorthIt) return;
    running += 1;
    while (waiting.length > 0) {
      await runBatch(waiting.splice(0, options.sizeMax));
      await setTimeout(options.gatherMs);
    }
    running -= 1;
  }

  return (item) => {
    if (waiting.length >= options.waitingMax) {
      const detail = `${options.waitingMax} deliveries wait to be stored`;
      return Promise.reject(new AppError('service_unavailable', { detail, retryAfterSeconds: 1 }));
    }
    const settle = Promise.withResolvers<Outcome>();
    waiting.push({ item, settle });
    // Requests parsed in the same turn of the event loop travel together.
    setImmediate(() => void runWaiting());
    return settle.promise;
  };
}
