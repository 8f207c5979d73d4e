import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { principalKey } from '../principal/principal-rules.ts';
import { revokeSessionById } from './session-store.ts';

export async function revokeSession(
  ctx: Context,
  input: { identity: Identity; sessionId: string },
): Promise<void> {
  const { identity, sessionId } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'session:write', null);
  await ctx.database.tenant(tenantId, async (tx) => {
    const tokenHash = await revokeSessionById(tx, sessionId, ctx.clock.now());
    if (tokenHash === undefined) throw notFound();
    await ctx.cache.delete(principalKey(tokenHash));
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'revoke-session',
      resource: sessionId,
    });
  });
}
