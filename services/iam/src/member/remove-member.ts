import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { principalKey } from '../principal/principal-rules.ts';
import { revokeUserSessions } from '../session/session-store.ts';
import { deleteMember, findMember, lockOwners } from './member-store.ts';

/** Removes a grant and every session of its person in the tenant, which may carry it. */
export async function removeMember(
  ctx: Context,
  input: { identity: Identity; memberId: string },
): Promise<void> {
  const { identity, memberId } = input;
  const tenantId = requireTenant(identity);
  await ctx.database.tenant(tenantId, async (tx) => {
    const owners = await lockOwners(tx);
    const member = await findMember(tx, memberId);
    if (member === undefined) throw notFound();
    requirePermission(identity, 'member:write', member.client_id);
    if (owners.length === 1 && owners[0] === memberId) {
      throw new AppError('conflict', { detail: 'the last owner stays: add another owner first' });
    }
    await deleteMember(tx, memberId);
    const hashes = await revokeUserSessions(tx, member.user_id, ctx.clock.now());
    // Before the commit, while the rows are locked: if the cache is away nothing has changed.
    await ctx.cache.delete(...hashes.map(principalKey));
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'remove-member',
      resource: memberId,
      clientId: member.client_id,
      detail: { userId: member.user_id, role: member.role, sessionsRevoked: hashes.length },
    });
  });
}
