import { describe, expect, it } from 'vitest';
import { idPattern, idPrefixes, isId, newId, type IdKind } from './ids.ts';

describe('ids', () => {
  it.each(Object.keys(idPrefixes) as IdKind[])(
    'mints a %s id that matches its own pattern',
    (kind) => {
      expect(newId(kind)).toMatch(new RegExp(idPattern(kind)));
    },
  );

  it('gives every kind a prefix of its own', () => {
    const prefixes = Object.values(idPrefixes);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it('sorts by creation time', () => {
    const early = newId('tenant', { nowMs: 1_700_000_000_000 });
    const late = newId('tenant', { nowMs: 1_700_000_000_001 });
    expect(early < late).toBe(true);
  });

  it('is made of the given time and bytes alone', () => {
    const source = { nowMs: 1, random: (size: number) => new Uint8Array(size).fill(255) };
    expect(newId('client', source)).toBe('cli_0000000001zzzzzzzzzzzzzzzz');
  });

  it('does not take one kind for another', () => {
    expect(isId('tenant', newId('tenant'))).toBe(true);
    expect(isId('tenant', newId('client'))).toBe(false);
    expect(isId('tenant', 7)).toBe(false);
  });
});
