import { connectionChanges } from '@maxai/contracts/announcements';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { openSecrets, sealSecrets } from './connection-secrets.ts';
import { lockConnection, updateSealedSecrets } from './connection-store.ts';

/**
 * Replaces the accepted webhook secrets; the credentials stay and are sealed anew under the current key. Announced
 * before the commit, as every revocation is: with the cache away nothing changes.
 */
export async function rotateConnectionSecrets(
  ctx: Context,
  input: { identity: Identity; connectionId: string; webhookSecrets: string[] },
): Promise<void> {
  const { identity, connectionId, webhookSecrets } = input;
  const tenantId = requireTenant(identity);
  await ctx.database.tenant(tenantId, async (tx) => {
    const row = await lockConnection(tx, connectionId);
    if (row === undefined) throw notFound();
    requirePermission(identity, 'connection:write', row.client_id);
    await ctx.cache.announce(connectionChanges.channel, connectionId);
    const { credentials } = openSecrets(ctx.envelope, row);
    const sealed = sealSecrets(ctx.envelope, row, { credentials, webhookSecrets });
    await updateSealedSecrets(tx, connectionId, sealed);
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'rotate-connection-secrets',
      resource: connectionId,
      clientId: row.client_id,
      detail: { accepted: webhookSecrets.length },
    });
  });
}
