import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

function recording(fails: (items: readonly string[]) => boolean) {
  const batches: (readonly string[])[] = [];
  const submit = createBatcher<string>({
    windowMs: 5,
    sizeMax: 3,
    run: async (items) => {
      batches.push(items);
      await Promise.resolve();
      if (fails(items)) throw new Error(`cannot run ${items.join()}`);
    },
  });
  return { batches, submit };
}

test('items that arrive together run together, and a full batch does not wait', async () => {
  const { batches, submit } = recording(() => false);
  await Promise.all(['a', 'b', 'c', 'd'].map(submit));
  expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
});

test('one bad item fails alone', async () => {
  const { batches, submit } = recording((items) => items.includes('bad'));
  const outcomes = await Promise.allSettled(['a', 'bad'].map(submit));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(batches).toEqual([['a', 'bad'], ['a'], ['bad']]);
});
