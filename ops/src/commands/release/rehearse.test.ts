import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../release/rehearse.ts';
import { formatRehearsals, isRight } from './rehearse.ts';

const good: Rehearsal = {
  version: 'good',
  phase: 'promoted',
  reason: null,
  requests: 100,
  canaryPercent: 10,
  failed: 0,
  bound: 20,
  stuck: 0,
  detectionSeconds: null,
  decisionSeconds: null,
  shiftSeconds: null,
  drainSeconds: null,
};
const failing: Rehearsal = {
  ...good,
  version: 'failing',
  phase: 'aborted',
  reason: 'error-percent was above its limit',
  detectionSeconds: 8,
  decisionSeconds: 4,
  shiftSeconds: 0.01,
  drainSeconds: 0.1,
};

describe('a rehearsal went right', () => {
  it('when a good version has everything, and a bad one nothing and nobody', () => {
    expect([isRight(good), isRight(failing)]).toEqual([true, true]);
    expect(isRight({ ...good, phase: 'aborted' })).toBe(false);
    expect(isRight({ ...failing, phase: 'promoted' })).toBe(false);
    expect(isRight({ ...failing, stuck: 1 })).toBe(false);
  });

  it('is told in a row each, with what is not known left out and the reasons below', () => {
    const text = formatRehearsals([good, failing]);
    expect(text).toMatch(/good +promoted +100 +10\.0 +0 +- +- +- +- +0/);
    expect(text).toMatch(/failing +aborted +100 +10\.0 +0 +8\.0 +4\.0 +0\.010 +0\.1 +0/);
    expect(text).toContain('failing: error-percent was above its limit');
  });
});
