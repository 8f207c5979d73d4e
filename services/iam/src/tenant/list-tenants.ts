import type { listTenants as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectTenants } from './tenant-store.ts';

export async function listTenants(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<ResultOf<typeof operation>> {
  requirePermission(input.identity, 'platform:read', null);
  const scope = listScope('all', input.page);
  const rows = await ctx.database.platform((tx) => selectTenants(tx, scope));
  return pageOf(rows, scope, (row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    clientCount: Number(row.client_count),
    memberCount: Number(row.member_count),
  }));
}
