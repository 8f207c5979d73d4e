import { builtInRoles } from '@maxai/kernel/access';
import { describe, expect, test } from 'vitest';
import { grantOf, principalTtlSeconds } from './principal-rules.ts';

const now = new Date('2026-01-01T00:00:00Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('a principal', () => {
  test('is cached until it expires, for a day at most and a second at least', () => {
    expect(principalTtlSeconds(null, now)).toBe(86_400);
    expect(principalTtlSeconds(inSeconds(200_000), now)).toBe(86_400);
    expect(principalTtlSeconds(inSeconds(90.9), now)).toBe(90);
    expect(principalTtlSeconds(inSeconds(0.2), now)).toBe(1);
  });

  test('holds a role at the scope of its membership', () => {
    const { owner, staff } = builtInRoles;
    expect(grantOf({ role: 'owner', clientId: null }, false)).toEqual({
      scope: { kind: 'tenant' },
      permissions: [...owner],
    });
    expect(grantOf({ role: 'owner', clientId: 'cli_1' }, false).scope).toEqual({
      kind: 'client',
      clientId: 'cli_1',
    });
    expect(grantOf({ role: 'staff', clientId: null }, true)).toEqual({
      scope: { kind: 'platform' },
      permissions: [...staff],
    });
  });
});
