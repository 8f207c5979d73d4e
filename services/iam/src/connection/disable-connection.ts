import { connectionChanges } from '@maxai/contracts/announcements';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { lockConnection, markDisabled } from './connection-store.ts';

/** Announced before the commit, as every revocation is: with the cache away nothing changes. */
export async function disableConnection(
  ctx: Context,
  input: { identity: Identity; connectionId: string },
): Promise<void> {
  const { identity, connectionId } = input;
  const tenantId = requireTenant(identity);
  await ctx.database.tenant(tenantId, async (tx) => {
    const row = await lockConnection(tx, connectionId);
    if (row === undefined) throw notFound();
    requirePermission(identity, 'connection:write', row.client_id);
    await ctx.cache.announce(connectionChanges.channel, connectionId);
    await markDisabled(tx, connectionId, ctx.clock.now());
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'disable-connection',
      resource: connectionId,
      clientId: row.client_id,
    });
  });
}
