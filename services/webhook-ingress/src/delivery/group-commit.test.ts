import { AppError } from '@maxai/kernel/errors';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

/** A group commit whose batches end when they are told to. */
function started(besideMin = 3) {
  const batches: { items: readonly number[]; end: PromiseWithResolvers<readonly number[]> }[] = [];
  const commit = createGroupCommit<number, number>({
    run: (items) => {
      const end = Promise.withResolvers<readonly number[]>();
      batches.push({ items, end });
      return end.promise;
    },
    sizeMax: 4,
    concurrency: 2,
    besideMin,
    waitingMax: 6,
    gatherMs: 0,
  });
  return { batches, commit, sizes: () => batches.map(({ items }) => items.length) };
}

it('commits what comes together at once, and what comes meanwhile together afterwards', async () => {
  const { batches, commit, sizes } = started();
  const answers = [commit(1), commit(2)];
  await setImmediate();
  answers.push(commit(3), commit(4));
  await setImmediate();
  expect(sizes()).toEqual([2]);
  batches[0]?.end.resolve([10, 20]);
  await expect.poll(sizes).toEqual([2, 2]);
  batches[1]?.end.resolve([30, 40]);
  expect(await Promise.all(answers)).toEqual([10, 20, 30, 40]);
});

it('begins another batch beside one under way when enough wait for it, and no third', async () => {
  const { batches, commit, sizes } = started();
  const answers = [1].map(commit);
  await setImmediate();
  answers.push(...[2, 3, 4].map(commit));
  await setImmediate();
  expect(sizes()).toEqual([1, 3]);
  answers.push(...[5, 6, 7, 8, 9].map(commit));
  await setImmediate();
  expect(sizes()).toEqual([1, 3]);
  for (const { items, end } of batches) end.resolve(items);
  await expect.poll(sizes).toEqual([1, 3, 4, 1]);
  for (const { items, end } of batches.slice(2)) end.resolve(items);
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('rejects nobody but the caller whose item cannot be committed', async () => {
  const commit = createGroupCommit<string, string>({
    run: async (items) => {
      await setImmediate();
      if (items.includes('bad')) throw new Error('it cannot be stored');
      return items.map((item) => item.toUpperCase());
    },
    sizeMax: 4,
    concurrency: 1,
    besideMin: 1,
    waitingMax: 6,
    gatherMs: 0,
  });
  const answers = await Promise.allSettled(['a', 'bad', 'b'].map(commit));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('rejects everybody at once while the store is away, and whoever would wait behind too many', async () => {
  const { batches, commit, sizes } = started(9);
  const answers = [commit(1)];
  await setImmediate();
  answers.push(...[2, 3, 4, 5, 6, 7].map(commit));
  await expect(commit(8)).rejects.toMatchObject({ code: 'service_unavailable' });
  const settled = Promise.allSettled(answers);
  batches[0]?.end.resolve([1]);
  await expect.poll(sizes).toEqual([1, 4]);
  batches[1]?.end.reject(new AppError('service_unavailable'));
  await expect.poll(sizes).toEqual([1, 4, 2]);
  batches[2]?.end.resolve([6, 7]);
  const [done, away] = ['fulfilled', 'rejected'];
  expect((await settled).map(({ status }) => status)).toEqual([
    done,
    away,
    away,
    away,
    away,
    done,
    done,
  ]);
});
