import { describe, expect, it } from 'vitest';
import { acceptCorrelationId, continueTrace, newTraceparent, traceIdOf } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const valid = `00-${traceId}-00f067aa0ba902b7-01`;

describe('trace context', () => {
  it('continues a caller’s trace under a new span', () => {
    const continued = continueTrace(valid);
    expect(traceIdOf(continued)).toBe(traceId);
    expect(continued).not.toBe(valid);
    expect(continued.endsWith('-01')).toBe(true);
  });

  it('reads a later version by its first four fields', () => {
    expect(traceIdOf(continueTrace(`cc-${traceId}-00f067aa0ba902b7-01-what-comes`))).toBe(traceId);
  });

  it.each([
    undefined,
    'nonsense',
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
  ])('starts a new trace for %s', (header) => {
    expect(continueTrace(header)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceIdOf(continueTrace(header))).not.toBe(traceId);
  });

  it('makes every trace its own', () => {
    expect(newTraceparent()).not.toBe(newTraceparent());
    expect(traceIdOf('')).toBe('');
  });

  it('keeps only harmless correlation ids', () => {
    expect(acceptCorrelationId('order-1234')).toBe('order-1234');
    expect(acceptCorrelationId('a\nb-injected')).toBeUndefined();
    expect(acceptCorrelationId(undefined)).toBeUndefined();
  });
});
