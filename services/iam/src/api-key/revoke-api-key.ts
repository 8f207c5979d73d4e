import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { principalKey } from '../principal/principal-rules.ts';
import { lockApiKey, markRevoked } from './api-key-store.ts';

/** The cached principal goes before the commit, while the row is locked: with the cache away nothing changes. */
export async function revokeApiKey(
  ctx: Context,
  input: { identity: Identity; apiKeyId: string },
): Promise<void> {
  const { identity, apiKeyId } = input;
  const tenantId = requireTenant(identity);
  await ctx.database.tenant(tenantId, async (tx) => {
    const key = await lockApiKey(tx, apiKeyId);
    if (key === undefined) throw notFound();
    requirePermission(identity, 'api-key:write', key.client_id);
    await markRevoked(tx, apiKeyId, ctx.clock.now());
    await ctx.cache.delete(principalKey(key.secret_hash));
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'revoke-api-key',
      resource: apiKeyId,
      clientId: key.client_id,
    });
  });
}
