import type { Connection, listConnections as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import type { Provider } from '@maxai/contracts/schemas';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectConnections, type ConnectionRow } from './connection-store.ts';

export function toConnection(row: ConnectionRow): Static<typeof Connection> {
  return {
    id: row.id,
    clientId: row.client_id,
    provider: row.provider as Provider, // stored from the contract's own union
    name: row.name,
    webhookPath: `/webhooks/${row.provider}/${row.id}`,
    account: row.account as Record<string, unknown>, // stored from the contract's JSON object
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
  };
}

export async function listConnections(
  ctx: Context,
  input: { identity: Identity; page: Paging; tenantWide: boolean },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'connection:read'), input.page);
  const rows = await ctx.database.read(tenantId, (tx) =>
    selectConnections(tx, scope, input.tenantWide),
  );
  return pageOf(rows, scope, toConnection);
}
