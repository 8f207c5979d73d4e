import type { listClientConnections as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import type { Provider } from '@maxai/contracts/schemas';
import type { Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { findClientTenant } from '../client/client-store.ts';
import type { Context } from '../context.ts';
import { selectClientConnections } from './connection-store.ts';

/** For services: one acting inside a tenant sees only that tenant's clients. */
export async function listClientConnections(
  ctx: Context,
  input: { identity: Identity; clientId: string },
): Promise<ResultOf<typeof operation>> {
  const { identity, clientId } = input;
  const tenantId = await ctx.database.platform((tx) => findClientTenant(tx, clientId));
  if (tenantId === undefined || (identity.tenantId ?? tenantId) !== tenantId) throw notFound();
  const rows = await ctx.database.read(tenantId, (tx) => selectClientConnections(tx, clientId));
  return {
    items: rows.map((row) => ({
      id: row.id,
      provider: row.provider as Provider, // stored from the contract's own union
      clientId: row.client_id,
    })),
  };
}
