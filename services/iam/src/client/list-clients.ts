import type { Client, listClients as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectClients, type ClientRow } from './client-store.ts';

export function toClient(row: ClientRow): Static<typeof Client> {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    timeZone: row.time_zone,
    createdAt: row.created_at.toISOString(),
  };
}

export async function listClients(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'client:read'), input.page);
  const rows = await ctx.database.read(tenantId, (tx) => selectClients(tx, scope));
  return pageOf(rows, scope, toClient);
}
