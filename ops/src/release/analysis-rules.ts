import type { Judgement } from '@maxai/topology/release-policy';

/** What one measurement of one figure said; `inconclusive` is too little traffic, or no number. */
export type Measurement =
  | { readonly outcome: 'good' | 'bad'; readonly value: number }
  | { readonly outcome: 'inconclusive' }
  | { readonly outcome: 'error'; readonly reason: string };

export type Verdict =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'undecided' | 'blind'; readonly reason: string };

/** Reads one answer of Prometheus: no sample, or one that is no number, says nothing about the version. */
export function measurementOf(values: readonly number[], max: number): Measurement {
  const [value] = values;
  if (value === undefined || Number.isNaN(value)) return { outcome: 'inconclusive' };
  return { outcome: value <= max ? 'good' : 'bad', value };
}

function errorsAtTheEnd(measurements: readonly Measurement[]): number {
  const last = measurements.findLastIndex(({ outcome }) => outcome !== 'error');
  return measurements.length - 1 - last;
}

/**
 * What the measurements of one figure come to, by the rules Argo Rollouts applies to an AnalysisTemplate: `failed`
 * takes the version back, `blind` (Prometheus does not answer) as well, `undecided` waits for a person.
 */
export function verdictOf(
  name: string,
  measurements: readonly Measurement[],
  judgement: Judgement,
): Verdict {
  const count = (outcome: Measurement['outcome']) =>
    measurements.filter((measurement) => measurement.outcome === outcome).length;
  const bad = measurements.filter((measurement) => measurement.outcome === 'bad');
  if (bad.length > judgement.failuresMax) {
    const values = bad.map((measurement) => ('value' in measurement ? measurement.value : 0));
    const shown = values.map((value) => Number(value.toPrecision(3))).join(', ');
    return { kind: 'failed', reason: `${name} was above its limit ${bad.length} times: ${shown}` };
  }
  if (errorsAtTheEnd(measurements) > judgement.failuresMax) {
    const last = measurements.at(-1);
    const reason = last !== undefined && 'reason' in last ? last.reason : '';
    return { kind: 'blind', reason: `${name} cannot be measured: ${reason}` };
  }
  if (count('inconclusive') > judgement.inconclusiveMax) {
    return {
      kind: 'undecided',
      reason: `${name}: too few requests to judge by, ${count('inconclusive')} times`,
    };
  }
  // An error is no sample: Argo Rollouts takes another in its place.
  const samples = measurements.length - count('error');
  return samples >= judgement.samples ? { kind: 'passed' } : { kind: 'measuring' };
}

const severity = ['failed', 'blind', 'undecided', 'measuring', 'passed'] as const;

/** The verdict over all figures: the gravest one counts. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const [worst = { kind: 'measuring' }] = verdicts.toSorted(
    (a, b) => severity.indexOf(a.kind) - severity.indexOf(b.kind),
  );
  return worst;
}
