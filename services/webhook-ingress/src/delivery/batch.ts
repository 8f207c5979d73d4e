/**
 * Turns many concurrent calls into few: what arrives while a batch is under way forms the next one. Each
 * caller gets its own item's outcome; a batch that fails rejects exactly its own callers.
 */
export function createBatcher<Item, Outcome>(options: {
  run: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  sizeMax: number;
  concurrency: number;
}): (item: Item) => Promise<Outcome> {
  type Waiting = { item: Item; settle: PromiseWithResolvers<Outcome> };
  const waiting: Waiting[] = [];
  let running = 0;

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await options.run(batch.map(({ item }) => item));
      for (const [index, { settle }] of batch.entries()) settle.resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { settle } of batch) settle.reject(error);
    } finally {
      running -= 1;
      startNext();
    }
  }

  function startNext(): void {
    while (running < options.concurrency && waiting.length > 0) {
      running += 1;
      void runBatch(waiting.splice(0, options.sizeMax));
    }
  }

  return (item) => {
    const settle = Promise.withResolvers<Outcome>();
    waiting.push({ item, settle });
    // Requests parsed in the same turn of the event loop travel together.
    setImmediate(startNext);
    return settle.promise;
  };
}
