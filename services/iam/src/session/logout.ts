import type { Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { homeTenant } from '../platform-tenant.ts';
import { principalKey } from '../principal/principal-rules.ts';
import { hashSecret } from '../secret-token.ts';
import { findLiveSession, revokeSessionById } from './session-store.ts';

/** Revokes the session of the caller's own cookie; an API key has none. */
export async function logout(
  ctx: Context,
  input: { identity: Identity; sessionToken: string },
): Promise<void> {
  const { identity } = input;
  const tenantId = homeTenant(identity);
  const tokenHash = hashSecret(input.sessionToken);
  const now = ctx.clock.now();
  await ctx.database.tenant(tenantId, async (tx) => {
    const session = await findLiveSession(tx, tokenHash, now);
    if (session?.user_id !== identity.actor.id) throw new AppError('session_expired');
    await revokeSessionById(tx, session.id, now);
    await ctx.cache.delete(principalKey(tokenHash));
    await recordAudit(ctx, tx, { tenantId, identity, action: 'logout', resource: session.id });
  });
}
