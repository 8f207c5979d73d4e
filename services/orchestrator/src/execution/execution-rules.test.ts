import { expect, test } from 'vitest';
import { attemptsMaxOf, backoffOf, timeoutOf } from './execution-rules.ts';

const step = { retry: { attemptsMax: 5, backoffMs: 200 }, timeoutMs: 700 };

test('a step keeps its own policy and otherwise gets the default one', () => {
  expect([attemptsMaxOf(step), timeoutOf(step)]).toEqual([5, 700]);
  expect([attemptsMaxOf({}), timeoutOf({})]).toEqual([4, 20_000]);
  expect(backoffOf({}, 1, 0, 0.5)).toBe(1000);
});

test('the wait doubles, is spread by a quarter either way, and is capped', () => {
  expect([1, 2, 3].map((attempts) => backoffOf(step, attempts, 0, 0.5))).toEqual([200, 400, 800]);
  expect([backoffOf(step, 1, 0, 0), backoffOf(step, 1, 0, 1)]).toEqual([150, 250]);
  expect(backoffOf(step, 30, 0, 0.5)).toBe(600_000);
});

test('the provider’s own wait is never cut short', () => {
  expect(backoffOf(step, 1, 3000, 0.5)).toBe(3000);
});
