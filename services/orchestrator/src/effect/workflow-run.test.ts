import { describe, expect, test } from 'vitest';
import { callMsOf, readRunId, settleMsOf } from './workflow-run.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);

describe('the call of an attempt', () => {
  const input = { to: '+15550001111', body: 'Hi' };
  const settleAfter = later(settleMsOf('messaging.send', input, 30_000));
  const effect = { action: 'messaging.send', settle_after: settleAfter };

  test('may take as long as its step allows when it begins at once', () => {
    expect(callMsOf(effect, now, 30_000)).toBe(30_000);
  });

  test('ends before anybody may ask what became of it, however late it begins', () => {
    expect(callMsOf(effect, later(10_000), 30_000)).toBe(20_000);
    expect(callMsOf(effect, later(30_000), 30_000)).toBe(0);
    expect(callMsOf(effect, later(90_000), 30_000)).toBe(0);
  });

  test('that starts a workflow ends by its deadline', () => {
    const run = { action: 'workflow.run', settle_after: later(5000) };
    expect(callMsOf(run, now, 30_000)).toBe(5000);
    expect(callMsOf(run, later(5000), 30_000)).toBe(0);
  });
});

test.each(['', 'x', 'eff_1', 'eff_1.', 'eff_1.x', 'eff_1.1e5', 'eff_1.99999999999999999', '.5'])(
  'the id %j names no run',
  (id) => expect(readRunId(id)).toBeUndefined(),
);
