import { describe, expect, it } from 'vitest';
import type { Traces } from './count-traces.ts';
import { describeVerdict, isDrained, judgeRun } from './judge-run.ts';
import type { SendOutcome } from './send-deliveries.ts';

const sent: SendOutcome = {
  acknowledged: new Set(['call_0', 'call_1']),
  matching: new Set(['call_0']),
  givenUp: new Set(),
  attempts: 3,
};
const clean: Traces = {
  storedCalls: ['call_0', 'call_1'],
  unsettled: 0,
  deadLetters: 0,
  eventsPerDelivery: { whe_0: 1, whe_1: 1 },
  unfinishedExecutions: 0,
  failedExecutions: 0,
  effectsPerStep: { 'exe_0 thank': 1 },
  messagesPerCall: { call_0: 1 },
};
const kills = [{ name: 'postgres', backAfterMs: 900 }];

describe('a run without a fault', () => {
  it('passes and says so', () => {
    const verdict = judgeRun(sent, kills, clean);
    expect(verdict.passed).toBe(true);
    expect(describeVerdict(verdict)).toMatch(/postgres +900/);
    expect(describeVerdict(verdict)).toContain('Nothing was lost and nothing happened twice.');
  });

  it('does not promise what was never acknowledged', () => {
    const stored = { ...clean, storedCalls: ['call_0', 'call_1', 'call_2'] };
    expect(judgeRun({ ...sent, givenUp: new Set(['call_2']) }, kills, stored).passed).toBe(true);
  });
});

describe('a fault is found', () => {
  const faults: readonly [string, Partial<Traces>][] = [
    ['an acknowledged delivery is not stored', { storedCalls: ['call_0'] }],
    ['a call is stored twice', { storedCalls: ['call_0', 'call_1', 'call_1'] }],
    ['a delivery is not settled', { unsettled: 1 }],
    ['a delivery has no event', { eventsPerDelivery: { whe_0: 1, whe_1: 0 } }],
    ['a delivery has two events', { eventsPerDelivery: { whe_0: 2, whe_1: 1 } }],
    ['a message is missing', { messagesPerCall: {} }],
    ['a message was sent twice', { messagesPerCall: { call_0: 2 } }],
    ['a message has no effect', { effectsPerStep: {} }],
    ['a step has two effects', { effectsPerStep: { 'exe_0 thank': 2 } }],
    ['an execution is under way', { unfinishedExecutions: 1 }],
    ['an execution failed', { failedExecutions: 1 }],
    ['something was dead-lettered', { deadLetters: 1 }],
  ];
  it.each(faults)('when %s', (_what, change) => {
    const verdict = judgeRun(sent, kills, { ...clean, ...change });
    expect(verdict.passed).toBe(false);
    expect(describeVerdict(verdict)).toContain('WRONG');
  });

  it('when a killed process stays away', () => {
    const verdict = judgeRun(sent, [{ name: 'postgres', backAfterMs: null }], clean);
    expect(verdict.passed).toBe(false);
    expect(describeVerdict(verdict)).toMatch(/postgres +never/);
  });
});

describe('isDrained', () => {
  it('waits for deliveries and executions under way, and for nothing else', () => {
    expect(isDrained({ ...clean, deadLetters: 1, failedExecutions: 1 })).toBe(true);
    expect(isDrained({ ...clean, unsettled: 1 })).toBe(false);
    expect(isDrained({ ...clean, unfinishedExecutions: 1 })).toBe(false);
  });
});
