/** Hands an item to the next batch; settles as that item did. */
export type Batcher<Item> = (item: Item) => Promise<void>;

type Waiting<Item> = { readonly item: Item; readonly settled: PromiseWithResolvers<void> };

/**
 * Collects items for `windowMs`, or until `sizeMax` wait, and runs them together. A batch that fails is
 * run again item by item, so that one bad item fails alone.
 */
export function createBatcher<Item>(options: {
  readonly windowMs: number;
  readonly sizeMax: number;
  readonly run: (items: readonly Item[]) => Promise<void>;
}): Batcher<Item> {
  const { windowMs, sizeMax, run } = options;
  let waiting: Waiting<Item>[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function runOne({ item, settled }: Waiting<Item>): Promise<void> {
    await run([item]).then(settled.resolve, settled.reject);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    try {
      await run(batch.map(({ item }) => item));
      for (const { settled } of batch) settled.resolve();
    } catch {
      for (const member of batch) await runOne(member);
    }
  }

  return (item) => {
    const settled = Promise.withResolvers<void>();
    waiting.push({ item, settled });
    if (waiting.length >= sizeMax) void flush();
    else timer ??= setTimeout(() => void flush(), windowMs);
    return settled.promise;
  };
}
