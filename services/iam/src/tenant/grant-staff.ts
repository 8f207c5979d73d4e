import type { Identity } from '@maxai/kernel/access';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { normaliseEmail } from '../member/member-rules.ts';
import { insertMember, upsertUser } from '../member/member-store.ts';
import { platformTenantId } from '../platform-tenant.ts';

/** Makes each email platform staff; one that already is stays as it is. */
export async function grantStaff(
  ctx: Context,
  input: { identity: Identity; emails: readonly string[] },
): Promise<void> {
  const { identity } = input;
  const now = ctx.clock.now();
  await ctx.database.tenant(platformTenantId, async (tx) => {
    for (const email of input.emails) {
      const user = await upsertUser(tx, {
        id: ctx.mintId('user'),
        tenant_id: platformTenantId,
        email: normaliseEmail(email),
        name: '',
        issuer: null,
        subject: null,
        created_at: now,
      });
      const memberId = ctx.mintId('member');
      const added = await insertMember(tx, {
        id: memberId,
        tenant_id: platformTenantId,
        user_id: user.id,
        client_id: null,
        role: 'staff',
        created_at: now,
      });
      if (!added) continue;
      await recordAudit(ctx, tx, {
        tenantId: platformTenantId,
        identity,
        action: 'grant-staff',
        resource: memberId,
        detail: { userId: user.id },
      });
    }
  });
}
