import type { Connection } from '@maxai/contracts/http/iam';
import type { Provider } from '@maxai/contracts/schemas';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { recordAudit } from '../audit/record-audit.ts';
import { requireClient } from '../client/require-client.ts';
import type { Context } from '../context.ts';
import { sealSecrets, type Secrets } from './connection-secrets.ts';
import { insertConnection } from './connection-store.ts';
import { toConnection } from './list-connections.ts';

export async function createConnection(
  ctx: Context,
  input: {
    identity: Identity;
    clientId: string | null;
    provider: Provider;
    name: string;
    account: Record<string, unknown>;
    secrets: Secrets;
  },
): Promise<Static<typeof Connection>> {
  const { identity, clientId, provider, name, account } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'connection:write', clientId);
  const row = {
    id: ctx.mintId('connection'),
    tenant_id: tenantId,
    client_id: clientId,
    provider,
    name,
    created_at: ctx.clock.now(),
    disabled_at: null,
  };
  const sealed = sealSecrets(ctx.envelope, row, input.secrets);
  await ctx.database.tenant(tenantId, async (tx) => {
    await requireClient(tx, clientId);
    await insertConnection(tx, {
      ...row,
      account: JSON.stringify(account),
      key_id: sealed.keyId,
      wrapped_key: sealed.wrappedKey,
      secrets: sealed.secrets,
    });
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'create-connection',
      resource: row.id,
      clientId,
      detail: { provider, name },
    });
  });
  return toConnection({ ...row, account });
}
