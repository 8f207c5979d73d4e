import { releasePolicy } from '@maxai/topology/release-policy';
import { describe, expect, it } from 'vitest';
import { measurementOf, verdictOf, worstOf, type Measurement } from './analysis-rules.ts';

const { judgement } = releasePolicy('production');
const good: Measurement = { outcome: 'good', value: 0 };
const bad: Measurement = { outcome: 'bad', value: 12.345 };
const nothing: Measurement = { outcome: 'inconclusive' };
const away: Measurement = { outcome: 'error', reason: 'ECONNREFUSED' };
const times = (count: number, measurement: Measurement) =>
  Array<Measurement>(count).fill(measurement);
const verdict = (...measurements: Measurement[]) =>
  verdictOf('error-percent', measurements, judgement);

describe('a measurement', () => {
  it('is good up to the limit and bad above it [R83]', () => {
    expect(measurementOf([5], 5)).toEqual({ outcome: 'good', value: 5 });
    expect(measurementOf([5.01], 5)).toEqual({ outcome: 'bad', value: 5.01 });
  });

  it('says nothing without a sample, or with one that is no number', () => {
    expect(measurementOf([], 5)).toEqual({ outcome: 'inconclusive' });
    expect(measurementOf([Number.NaN], 5)).toEqual({ outcome: 'inconclusive' });
  });
});

describe('the verdict on one figure', () => {
  it('is passed only after all samples', () => {
    expect(verdict(...times(judgement.samples - 1, good))).toEqual({ kind: 'measuring' });
    expect(verdict(...times(judgement.samples, good))).toEqual({ kind: 'passed' });
  });

  it('takes another sample in the place of each that Prometheus did not answer', () => {
    const flapping = [good, away, away, good, away, away, good, away, away, good];
    expect(verdict(...flapping)).toEqual({ kind: 'measuring' });
    expect(verdict(...flapping, ...times(judgement.samples - 4, good))).toEqual({ kind: 'passed' });
  });

  it('is failed with the first bad measurement beyond those allowed, naming them', () => {
    expect(verdict(...times(judgement.failuresMax, bad)).kind).toBe('measuring');
    expect(verdict(good, bad, good, bad, bad)).toEqual({
      kind: 'failed',
      reason: 'error-percent was above its limit 3 times: 12.3, 12.3, 12.3',
    });
  });

  it('is blind when Prometheus stays away, not when it was away for a moment', () => {
    expect(verdict(away, away, good, away).kind).toBe('measuring');
    expect(verdict(good, away, away, away)).toEqual({
      kind: 'blind',
      reason: 'error-percent cannot be measured: ECONNREFUSED',
    });
  });

  it('waits for a person when there is too little traffic, and never passes by itself', () => {
    expect(verdict(...times(judgement.inconclusiveMax, nothing)).kind).toBe('measuring');
    expect(verdict(...times(judgement.inconclusiveMax + 1, nothing))).toMatchObject({
      kind: 'undecided',
      reason: expect.stringContaining('too few requests'),
    });
  });
});

describe('the verdict over all figures', () => {
  it('is the gravest', () => {
    const failed = { kind: 'failed', reason: 'x' } as const;
    expect(worstOf([{ kind: 'passed' }, failed, { kind: 'measuring' }])).toBe(failed);
    expect(worstOf([{ kind: 'passed' }, { kind: 'measuring' }])).toEqual({ kind: 'measuring' });
    expect(worstOf([])).toEqual({ kind: 'measuring' });
  });
});
