import type { Member } from '@maxai/contracts/http/iam';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { Static } from 'typebox';
import { recordAudit } from '../audit/record-audit.ts';
import { requireClient } from '../client/require-client.ts';
import type { Context } from '../context.ts';
import { toMember } from './list-members.ts';
import { normaliseEmail, requireAssignableRole } from './member-rules.ts';
import { insertMember, upsertUser } from './member-store.ts';

export async function addMember(
  ctx: Context,
  input: { identity: Identity; email: string; role: string; clientId: string | null },
): Promise<Static<typeof Member>> {
  const { identity, clientId } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'member:write', clientId);
  const role = requireAssignableRole(input.role);
  const now = ctx.clock.now();
  return ctx.database.tenant(tenantId, async (tx) => {
    await requireClient(tx, clientId);
    const user = await upsertUser(tx, {
      id: ctx.mintId('user'),
      tenant_id: tenantId,
      email: normaliseEmail(input.email),
      name: '',
      issuer: null,
      subject: null,
      created_at: now,
    });
    const row = {
      id: ctx.mintId('member'),
      tenant_id: tenantId,
      user_id: user.id,
      client_id: clientId,
      role,
      created_at: now,
    };
    if (!(await insertMember(tx, row))) {
      throw new AppError('already_exists', {
        detail: 'this person already has a role here: remove it first',
      });
    }
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'add-member',
      resource: row.id,
      clientId,
      detail: { userId: user.id, role },
    });
    return toMember({ ...row, email: user.email, name: user.name });
  });
}
