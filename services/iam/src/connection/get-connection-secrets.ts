import type { ConnectionSecrets } from '@maxai/contracts/http/iam';
import type { Provider } from '@maxai/contracts/schemas';
import type { Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { Context } from '../context.ts';
import { openSecrets } from './connection-secrets.ts';
import { findLiveConnection } from './connection-store.ts';

/** For services: one acting inside a tenant sees only that tenant's connections. */
export async function getConnectionSecrets(
  ctx: Context,
  input: { identity: Identity; connectionId: string },
): Promise<ConnectionSecrets> {
  const row = await ctx.database.platform((tx) => findLiveConnection(tx, input.connectionId));
  if (row === undefined || (input.identity.tenantId ?? row.tenant_id) !== row.tenant_id) {
    throw new AppError('unknown_connection');
  }
  return {
    id: row.id,
    tenantId: row.tenant_id,
    clientId: row.client_id,
    provider: row.provider as Provider, // stored from the contract's own union
    account: row.account as Record<string, unknown>, // stored from the contract's JSON object
    ...openSecrets(ctx.envelope, row),
  };
}
