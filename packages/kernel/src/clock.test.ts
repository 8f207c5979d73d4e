import { expect, it } from 'vitest';
import { fixedClock, systemClock } from './clock.ts';

it('stands still until it is moved', () => {
  const clock = fixedClock(new Date(1000));
  expect(clock.now().getTime()).toBe(1000);
  clock.advance(500);
  expect(clock.now().getTime()).toBe(1500);
});

it('is the real time otherwise', () => {
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1000);
});
