import { samplingCollector } from '@maxai/topology/observability/collector-config';
import { describe, expect, it } from 'vitest';
import { binomialBounds } from './binomial-bounds.ts';
import { createTailSampler, hashTraceId } from './tail-sampling.ts';

const rendered = samplingCollector('file').processors.tail_sampling;

function sampler(settings = rendered) {
  const decisions: string[] = [];
  let now = 0;
  const tail = createTailSampler({
    settings,
    decisionWaitMs: 10_000,
    onDecision: (traceId, decision) => decisions.push(`${traceId} ${decision}`),
    now: () => now,
  });
  return { ...tail, decisions, at: (ms: number) => (now = ms) };
}

// A trace without an error that version 0.161 of the collector kept with these settings, and one it dropped.
const keptId = '60540d664b33650003f65a83ce1341ec';
const droppedId = '00e9a47ca53a43719d4396aa221a44e4';

describe('tail sampling', () => {
  it('hashes ids as the collector does', () => {
    const tenth = ((1n << 64n) - 1n) / 10n;
    expect(hashTraceId(keptId)).toBeLessThanOrEqual(tenth);
    expect(hashTraceId(droppedId)).toBeGreaterThan(tenth);
  });

  it('decides once a trace has waited, by its errors or its id', () => {
    const { see, settle, decisions, at } = sampler();
    see(droppedId, false);
    see(keptId, false);
    at(5000);
    see('ab', false);
    see(droppedId, true);
    at(10_000);
    settle();
    expect(decisions).toEqual([`${droppedId} keep`, `${keptId} keep`]);
    expect(see(droppedId, false)).toBe('keep');
    expect(see('ab', false)).toBeUndefined();
  });

  it('holds no more traces than it may, and remembers no more decisions', () => {
    const { see, decisions } = sampler({
      ...rendered,
      // The rendered numbers are literals.
      num_traces: 1 as 50_000,
      decision_cache: {
        sampled_cache_size: 1,
        non_sampled_cache_size: 1,
      } as unknown as typeof rendered.decision_cache,
    });
    for (const traceId of [droppedId, keptId, 'ab']) see(traceId, false);
    expect(decisions).toEqual([`${droppedId} drop`, `${keptId} keep`]);
    expect(see(keptId, false)).toBe('keep');
    expect(see(droppedId, false)).toBeUndefined();
  });
});

describe('binomial bounds', () => {
  it.each([
    [10, 0.5, 0.002, { fewest: 1, most: 9 }],
    [1000, 0.1, 1e-4, { fewest: 65, most: 139 }],
    [20_000, 0.1, 1e-4, { fewest: 1837, most: 2167 }],
    [1, 0.1, 1e-4, { fewest: 0, most: 1 }],
  ])('of %i trials at %f but for %f are exact', (trials, chance, risk, bounds) => {
    expect(binomialBounds(trials, chance, risk)).toEqual(bounds);
  });
});
