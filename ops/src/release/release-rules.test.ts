import { describe, expect, it } from 'vitest';
import { describeEvent, incidentReport, rollbackTimes } from './incident-report.ts';
import { isOpen, refusalOf, stateOf, type ReleaseEvent } from './release-rules.ts';

const started: ReleaseEvent = {
  at: 1000,
  kind: 'started',
  id: 'rel-1',
  service: 'iam',
  from: 'a',
  to: 'b',
  by: 'ada',
};
const available: ReleaseEvent = { at: 2000, kind: 'available' };
const shifted = (at: number, percent: number): ReleaseEvent => ({ at, kind: 'shifted', percent });
const measured = (at: number, outcome: string): ReleaseEvent => ({
  at,
  kind: 'measured',
  figure: 'error-percent',
  outcome,
});
const decided = (at: number, decision: 'promote' | 'abort' | 'rollback'): ReleaseEvent => ({
  at,
  kind: 'decided',
  decision,
  by: 'the judgement',
  reason: 'because',
});
const drained: ReleaseEvent = { at: 9500, kind: 'drained', version: 'b' };
const judged = [started, available, shifted(3000, 10)];
const aborted = [
  ...judged,
  measured(4000, 'good (0)'),
  measured(6000, 'bad (30)'),
  decided(8000, 'abort'),
  shifted(8100, 0),
  drained,
];
const promoted = [...judged, decided(5000, 'promote'), shifted(5100, 100)];
const at = { now: 6000, keepOldMs: 10_000 };

describe('what a release is', () => {
  it.each([
    ['starting', [started]],
    ['judging', judged],
    ['paused', [...judged, { at: 4000, kind: 'paused', reason: 'quiet' } as const]],
    ['promoted', promoted],
    ['aborted', aborted],
    ['rolled-back', [...promoted, decided(7000, 'rollback'), shifted(7001, 0)]],
    ['settled', [...promoted, { at: 90_000, kind: 'retired', version: 'a' } as const]],
    ['aborted', [...aborted, { at: 90_000, kind: 'retired', version: 'a' } as const]],
  ])('is %s by its events', (phase, events) => {
    expect(stateOf(events)?.phase).toBe(phase);
  });

  it('is nothing before its first event', () => {
    expect([stateOf([]), stateOf([available])]).toEqual([undefined, undefined]);
  });

  it('gets the share that was last given', () => {
    expect([stateOf(judged)?.percent, stateOf(promoted)?.percent]).toEqual([10, 100]);
  });

  it('is open until it is decided', () => {
    expect([judged, promoted].map((events) => isOpen(stateOf(events)!))).toEqual([true, false]);
  });
});

describe('a decision', () => {
  it('is taken while it makes sense', () => {
    expect(refusalOf('promote', stateOf(judged), at)).toBeNull();
    expect(refusalOf('abort', stateOf(judged), at)).toBeNull();
    expect(refusalOf('rollback', stateOf(promoted), at)).toBeNull();
  });

  it.each([
    ['rollback', [], 'There is no release'],
    ['rollback', judged, 'npx maxai release abort takes it back'],
    ['rollback', aborted, 'there is no version to roll back to. Release a again'],
    ['promote', promoted, 'rel-1 is promoted already; there is nothing to promote'],
    ['abort', aborted, 'there is nothing to abort'],
  ] as const)('to %s is refused, with what to do instead', (decision, events, words) => {
    expect(refusalOf(decision, stateOf(events), at)).toContain(words);
  });

  it('to roll back is refused once the old version is no longer kept [R85]', () => {
    expect(refusalOf('rollback', stateOf(promoted), { ...at, now: 15_001 })).toContain(
      'a was kept until 1970-01-01T00:00:15.000Z and is gone',
    );
  });
});

describe('the times of taking a version back', () => {
  it('are told apart: detection, decision, shift, drain [R89]', () => {
    expect(rollbackTimes(aborted)).toEqual({
      detectionSeconds: 3,
      decisionSeconds: 2,
      shiftSeconds: 0.1,
      drainSeconds: 1.4,
    });
  });

  it('begin with a measurement that is bad, not with one that says nothing', () => {
    const quiet = [measured(3500, 'inconclusive'), measured(3600, 'error'), ...aborted.slice(3)];
    expect(rollbackTimes([...judged, ...quiet]).detectionSeconds).toBe(3);
    const undecided = [...judged, measured(4000, 'inconclusive'), decided(8000, 'abort')];
    expect(rollbackTimes(undecided)).toMatchObject({
      detectionSeconds: null,
      decisionSeconds: null,
    });
  });

  it('are not known where it did not come to that', () => {
    expect(rollbackTimes(promoted)).toEqual({
      detectionSeconds: null,
      decisionSeconds: null,
      shiftSeconds: null,
      drainSeconds: null,
    });
  });
});

describe('the incident report', () => {
  it('is made of the record: times, events, and when the post-mortem is due [R92]', () => {
    const report = incidentReport(stateOf(aborted)!, aborted);
    expect(report).toContain('# Incident report: iam b');
    expect(report).toContain('ended as **aborted**: because');
    expect(report).toContain('The post-mortem is due by 1970-01-02T00:00:08.000Z');
    expect(report).toContain('| shift: until it got no request | 0.1 s |');
    expect(report).toContain('- 1970-01-01T00:00:06.000Z error-percent: bad (30)');
  });

  it('says what it does not know', () => {
    const report = incidentReport(stateOf([started])!, [started]);
    expect(report).toContain('no reason is recorded');
    expect(report).toContain('| detection: first request to first bad measurement | not known |');
  });

  it('has words for every event', () => {
    const events: ReleaseEvent[] = [
      ...aborted,
      { at: 1, kind: 'paused', reason: 'quiet' },
      { at: 1, kind: 'retired', version: 'a' },
    ];
    expect(events.map(describeEvent)).toEqual([
      'ada started rel-1: iam from a to b',
      'The new version is healthy',
      'The new version gets 10 % of the requests',
      'error-percent: good (0)',
      'error-percent: bad (30)',
      'abort, by the judgement: because',
      'The new version gets 0 % of the requests',
      'b has answered what it had, and is gone',
      'Waiting for a decision: quiet',
      'a is no longer kept',
    ]);
  });
});
