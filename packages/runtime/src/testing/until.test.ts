import { expect, it } from 'vitest';
import { until } from './index.ts';

it('returns what the condition gave once it holds', async () => {
  let calls = 0;
  const answer = await until(() => {
    calls += 1;
    return calls === 3 ? { calls } : undefined;
  });
  expect(answer).toEqual({ calls: 3 });
});

it('fails with the last answer when the time is over', async () => {
  await expect(until(() => Promise.resolve(0), 30)).rejects.toThrow(
    'not so within 30 ms; the last answer was 0',
  );
});
