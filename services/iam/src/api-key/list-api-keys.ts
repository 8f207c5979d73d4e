import type { ApiKey, listApiKeys as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectApiKeys, type ApiKeyRow } from './api-key-store.ts';

export function toApiKey(row: ApiKeyRow): Static<typeof ApiKey> {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    role: row.role,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

export async function listApiKeys(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'api-key:read'), input.page);
  const rows = await ctx.database.read(tenantId, (tx) => selectApiKeys(tx, scope));
  return pageOf(rows, scope, toApiKey);
}
