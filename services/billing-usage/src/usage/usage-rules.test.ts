import { describe, expect, it } from 'vitest';
import { summaryDays } from './usage-rules.ts';

const now = new Date('2026-11-21T12:30:00.000Z');

describe('summaryDays', () => {
  it.each([
    ['the last 31 days, today included', {}, '2026-10-22', '2026-11-22'],
    ['31 days up to a given end', { to: '2026-03-01T00:00:00Z' }, '2026-01-29', '2026-03-01'],
    ['a given beginning up to today', { from: '2026-11-20T23:00:00Z' }, '2026-11-20', '2026-11-22'],
    [
      'the days of another offset',
      { from: '2026-11-20T23:00:00-02:00', to: '2026-11-22T01:00:00+02:00' },
      '2026-11-21',
      '2026-11-21',
    ],
    ['92 days', { from: '2026-08-22T18:00:00Z' }, '2026-08-22', '2026-11-22'],
  ])('covers %s', (_, period, from, to) => {
    expect(summaryDays(period, now)).toEqual({
      from: `${from}T00:00:00.000Z`,
      to: `${to}T00:00:00.000Z`,
    });
  });

  it('refuses more than 92 days and says what to do', () => {
    expect(() => summaryDays({ from: '2026-08-21T23:59:59Z' }, now)).toThrow(
      'a summary covers 92 days at most, not 93: ask for shorter periods',
    );
  });
});
