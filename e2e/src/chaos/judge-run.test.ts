import { describe, expect, it } from 'vitest';
import type { Traces } from './count-traces.ts';
import { describeVerdict, judgeRun, type Sent } from './judge-run.ts';
import type { Acknowledged } from './send-deliveries.ts';

function acknowledged(kind: string, number: number, watched = false): Acknowledged {
  const subject = `${kind}_${number}`;
  const about = kind === 'invoice.paid' ? 'in_1' : subject;
  const provider = kind === 'invoice.paid' ? 'stripe' : 'retell';
  return { provider, kind, subject, about, dedupeKey: `key_${subject}`, watched, atMs: number };
}
const sent: Sent = {
  acknowledged: [
    acknowledged('call_ended', 0, true),
    acknowledged('call_started', 1),
    acknowledged('invoice.paid', 2),
    acknowledged('invoice.paid', 3),
  ],
  promptIds: ['prm_1'],
  givenUp: 0,
  attempts: 5,
};
const keys = sent.acknowledged.map(({ dedupeKey }) => dedupeKey);
const clean: Traces = {
  storedKeys: keys,
  unsettled: 0,
  deadLetters: 0,
  eventsPerDelivery: { whe_0: 1, whe_1: 1 },
  unfinishedExecutions: 0,
  failedExecutions: 0,
  effectsPerStep: { 'exe_0 thank': 1 },
  messagesPerSubject: { call_ended_0: 1 },
  usagePerCall: { call_ended_0: 1 },
  bookingsPerInvoice: { in_1: 1 },
  promptIds: ['prm_1', 'prm_2'],
};
const kills = [{ name: 'postgres', lastedMs: 0, backAfterMs: 900 }];

describe('a run without a fault', () => {
  it('passes and says so, with what each provider was promised', () => {
    const verdict = judgeRun(sent, kills, clean);
    expect(verdict.passed).toBe(true);
    const text = describeVerdict(verdict);
    expect(text).toMatch(/postgres +0.0 +900/);
    expect(text).toContain('Acknowledged: retell 2, stripe 2');
    expect(text).toContain('Nothing was lost and nothing happened twice.');
  });

  it('does not promise what was never acknowledged', () => {
    const stored = { ...clean, storedKeys: [...keys, 'key_of_another'] };
    expect(judgeRun({ ...sent, givenUp: 1 }, kills, stored).passed).toBe(true);
  });
});

describe('a fault is found', () => {
  const faults: readonly [string, Partial<Traces>][] = [
    ['an acknowledged delivery is not stored', { storedKeys: keys.slice(1) }],
    ['a delivery is stored twice', { storedKeys: [...keys, 'key_call_ended_0'] }],
    ['a delivery is not settled', { unsettled: 1 }],
    ['a delivery has no event', { eventsPerDelivery: { whe_0: 1, whe_1: 0 } }],
    ['a delivery has two events', { eventsPerDelivery: { whe_0: 2, whe_1: 1 } }],
    ['a message is missing', { messagesPerSubject: {} }],
    ['a message was sent twice', { messagesPerSubject: { call_ended_0: 2 } }],
    ['a message has no effect', { effectsPerStep: {} }],
    ['a step has two effects', { effectsPerStep: { 'exe_0 thank': 2 } }],
    ['a call is not metered', { usagePerCall: {} }],
    ['a call is metered twice', { usagePerCall: { call_ended_0: 2 } }],
    ['a payment is not booked', { bookingsPerInvoice: {} }],
    ['a payment is booked twice', { bookingsPerInvoice: { in_1: 2 } }],
    ['a prompt is gone', { promptIds: ['prm_2'] }],
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
    const gone = [{ name: 'postgres', lastedMs: 60_000, backAfterMs: null }];
    const verdict = judgeRun(sent, gone, clean);
    expect(verdict.passed).toBe(false);
    expect(describeVerdict(verdict)).toMatch(/postgres +60.0 +never/);
  });
});
