import type { createApiKey as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { recordAudit } from '../audit/record-audit.ts';
import { requireClient } from '../client/require-client.ts';
import type { Context } from '../context.ts';
import { requireAssignableRole } from '../member/member-rules.ts';
import { resolvePrincipal } from '../principal/resolve-principal.ts';
import { requireFuture } from './api-key-rules.ts';
import { insertApiKey } from './api-key-store.ts';
import { toApiKey } from './list-api-keys.ts';
import { mintApiKey } from './mint-api-key.ts';

export async function createApiKey(
  ctx: Context,
  input: {
    identity: Identity;
    name: string;
    role: string;
    clientId: string | null;
    expiresAt: string | null;
  },
): Promise<ResultOf<typeof operation>> {
  const { identity, name, clientId } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'api-key:write', clientId);
  const role = requireAssignableRole(input.role);
  const expiresAt = requireFuture(input.expiresAt, ctx.clock.now());
  const { secret, row } = mintApiKey(ctx, { tenantId, clientId, name, role, expiresAt });
  await ctx.database.tenant(tenantId, async (tx) => {
    await requireClient(tx, clientId);
    await insertApiKey(tx, row);
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'create-api-key',
      resource: row.id,
      clientId,
      detail: { name, role },
    });
  });
  await resolvePrincipal(ctx, { kind: 'api-key', secretHash: row.secret_hash });
  return { ...toApiKey(row), secret };
}
