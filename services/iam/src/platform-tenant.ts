import type { Identity } from '@maxai/kernel/access';

/** The reserved tenant whose members are platform staff and whose flags are the defaults. */
export const platformTenantId = 'ten_00000000000000000000000000';

/** Where the caller's own rows live: an identity without a tenant is the platform's. */
export function homeTenant(identity: Identity): string {
  return identity.tenantId ?? platformTenantId;
}
