import type { Principal } from '@maxai/contracts/http/iam';
import { builtInRoles, type BuiltInRole } from '@maxai/kernel/access';

export type Membership = { readonly role: BuiltInRole; readonly clientId: string | null };
export type WireGrant = Principal['identity']['grants'][number];

const principalTtlMaxSeconds = 86_400;

export function scopeOf(clientId: string | null, isPlatform: boolean): WireGrant['scope'] {
  if (isPlatform) return { kind: 'platform' };
  return clientId === null ? { kind: 'tenant' } : { kind: 'client', clientId };
}

/** What a membership allows and where; in the platform's own tenant that is the whole platform. */
export function grantOf(membership: Membership, isPlatform: boolean): WireGrant {
  return {
    scope: scopeOf(membership.clientId, isPlatform),
    permissions: [...builtInRoles[membership.role]],
  };
}

/** How long the cache may keep a principal: until it expires, and a day at most. */
export function principalTtlSeconds(expiresAt: Date | null, now: Date): number {
  if (expiresAt === null) return principalTtlMaxSeconds;
  const leftSeconds = Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
  return Math.min(principalTtlMaxSeconds, Math.max(1, leftSeconds));
}

export function principalKey(secretHash: string): string {
  return `principal:${secretHash}`;
}
