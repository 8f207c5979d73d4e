/**
 * Turns many concurrent calls into few: what arrives while a batch is under way forms the next one. Each
 * caller gets its own item's outcome; a batch that fails is run again item by item, so that one bad item
 * rejects nobody but its own caller.
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
      if (batch.length === 1) batch[0]?.settle.reject(error);
      else await Promise.all(batch.map((one) => runBatch([one])));
    }
  }

  function startNext(): void {
    while (running < options.concurrency && waiting.length > 0) {
      running += 1;
      void runBatch(waiting.splice(0, options.sizeMax)).finally(() => {
        running -= 1;
        startNext();
      });
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
