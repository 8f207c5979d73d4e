import { expect, it } from 'vitest';
import { atMostEvery } from './at-most-every.ts';

it('asks once in an interval, and shares a question that is under way', async () => {
  let asked = 0;
  let now = 0;
  const ask = atMostEvery(
    () => Promise.resolve((asked += 1)),
    { intervalMs: 100 },
    () => now,
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  now = 99;
  expect(await ask()).toBe(1);
  now = 100;
  expect(await ask()).toBe(2);
});

it('gives up on an answer that does not come, and asks again in the next interval', async () => {
  const answers = [new Promise<string>(() => undefined), Promise.resolve('late is over')];
  let now = 0;
  const limits = { intervalMs: 100, patienceMs: 10 };
  const ask = atMostEvery(
    () => answers.shift()!,
    limits,
    () => now,
  );
  await expect(ask()).rejects.toThrow('no answer in 10 ms');
  await expect(ask()).rejects.toThrow('no answer in 10 ms');
  now = 100;
  expect(await ask()).toBe('late is over');
});

it('tells a failure as one', async () => {
  const ask = atMostEvery(() => Promise.reject(new Error('away')), { intervalMs: 100 });
  await expect(ask()).rejects.toThrow('away');
});
