import { expect, it } from 'vitest';
import { randomBytes } from './random.ts';

it('never gives out the same bytes twice, also past the end of its pool', () => {
  const given = Array.from({ length: 1000 }, () => Buffer.from(randomBytes(16)).toString('hex'));
  expect(new Set(given).size).toBe(given.length);
  expect(given.every((hex) => hex.length === 32)).toBe(true);
});

it('leaves what it gave out alone', () => {
  const first = randomBytes(16);
  const before = Buffer.from(first).toString('hex');
  for (let count = 0; count < 1000; count += 1) randomBytes(16);
  expect(Buffer.from(first).toString('hex')).toBe(before);
});
