import type { Principal } from '@maxai/contracts/http/iam';
import { AppError } from '@maxai/kernel/errors';
import type { Context } from '../context.ts';
import { platformTenantId } from '../platform-tenant.ts';
import { grantOf, principalTtlSeconds } from './principal-rules.ts';
import { findPrincipal, type CredentialKind, type PrincipalRow } from './principal-store.ts';
import { rememberPrincipal } from './remember-principal.ts';

function toPrincipal(kind: CredentialKind, row: PrincipalRow): Principal {
  const isPlatform = row.tenant_id === platformTenantId;
  return {
    identity: {
      actor: { kind: kind === 'session' ? 'user' : 'api-key', id: row.actor_id },
      tenantId: isPlatform ? null : row.tenant_id,
      grants: row.memberships.map((membership) => grantOf(membership, isPlatform)),
    },
    credentialId: row.credential_id,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}

/**
 * Who is behind a session token or API key, by its hash. Answered at once; left in the cache for the gateway
 * behind the answer, while the row is locked: whoever revokes waits, then deletes the cached principal.
 */
export async function resolvePrincipal(
  ctx: Context,
  input: { kind: CredentialKind; secretHash: string },
): Promise<Principal> {
  const { kind, secretHash } = input;
  const now = ctx.clock.now();
  const found = Promise.withResolvers<Principal>();
  // The lock on the row is all it writes, and no lock outlives a crash.
  const remembered = ctx.database.fleeting(async (tx) => {
    const row = await findPrincipal(tx, kind, secretHash, now);
    if (row === undefined) {
      throw new AppError(kind === 'session' ? 'session_expired' : 'api_key_invalid');
    }
    const principal = toPrincipal(kind, row);
    found.resolve(principal);
    await rememberPrincipal(ctx, secretHash, principal, principalTtlSeconds(row.expires_at, now));
  });
  // After the answer it changes nothing: without its commit the lock is gone all the same.
  remembered.catch(found.reject);
  return found.promise;
}
