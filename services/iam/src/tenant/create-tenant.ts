import type { createTenant as operation } from '@maxai/contracts/http/iam';
import type { BodyOf, ResultOf } from '@maxai/contracts/operation';
import { requirePermission, type Identity } from '@maxai/kernel/access';
import { insertApiKey } from '../api-key/api-key-store.ts';
import { mintApiKey } from '../api-key/mint-api-key.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { normaliseEmail } from '../member/member-rules.ts';
import { insertMember, upsertUser } from '../member/member-store.ts';
import { resolvePrincipal } from '../principal/resolve-principal.ts';
import { grantStaff } from './grant-staff.ts';
import { insertTenant } from './tenant-store.ts';

/** A tenant with its first owner and an owner's API key. Staff is granted first and can be granted again. */
export async function createTenant(
  ctx: Context,
  input: { identity: Identity } & BodyOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const { identity, name } = input;
  requirePermission(identity, 'platform:write', null);
  await grantStaff(ctx, { identity, emails: input.staffEmails });
  const tenantId = ctx.mintId('tenant');
  const now = ctx.clock.now();
  const { secret, row: key } = mintApiKey(ctx, {
    tenantId,
    clientId: null,
    name: input.apiKeyName,
    role: 'owner',
    expiresAt: null,
  });
  await ctx.database.tenant(tenantId, async (tx) => {
    await insertTenant(tx, { tenant_id: tenantId, name, created_at: now });
    const user = await upsertUser(tx, {
      id: ctx.mintId('user'),
      tenant_id: tenantId,
      email: normaliseEmail(input.ownerEmail),
      name: '',
      issuer: null,
      subject: null,
      created_at: now,
    });
    await insertMember(tx, {
      id: ctx.mintId('member'),
      tenant_id: tenantId,
      user_id: user.id,
      client_id: null,
      role: 'owner',
      created_at: now,
    });
    await insertApiKey(tx, key);
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'create-tenant',
      resource: tenantId,
      detail: { name, ownerId: user.id, apiKeyId: key.id },
    });
  });
  await resolvePrincipal(ctx, { kind: 'api-key', secretHash: key.secret_hash });
  return {
    tenant: { id: tenantId, name, createdAt: now.toISOString() },
    apiKey: { id: key.id, secret },
  };
}
