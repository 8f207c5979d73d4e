import type { listSessions as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { hashSecret } from '../secret-token.ts';
import { selectLiveSessions } from './session-store.ts';

export async function listSessions(
  ctx: Context,
  input: { identity: Identity; sessionToken: string; page: Paging },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  requirePermission(input.identity, 'session:read', null);
  const scope = listScope('all', input.page);
  const currentHash = hashSecret(input.sessionToken);
  const rows = await ctx.database.read(tenantId, (tx) =>
    selectLiveSessions(tx, ctx.clock.now(), scope),
  );
  return pageOf(rows, scope, (row) => ({
    id: row.id,
    userId: row.user_id,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    userAgent: row.user_agent,
    current: row.token_hash === currentHash,
  }));
}
