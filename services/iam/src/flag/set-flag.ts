import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { evaluateFlags, flagsKey, type EvaluatedFlag } from './flag-rules.ts';
import { lockFlags, upsertFlag } from './flag-store.ts';

export async function setFlag(
  ctx: Context,
  input: { identity: Identity; key: string; enabled: boolean },
): Promise<EvaluatedFlag> {
  const { identity, key, enabled } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'flag:write', null);
  await ctx.database.tenant(tenantId, async (tx) => {
    await lockFlags(tx, tenantId, 'writing');
    const id = await upsertFlag(tx, {
      id: ctx.mintId('flag'),
      tenant_id: tenantId,
      key,
      enabled,
      updated_at: ctx.clock.now(),
    });
    await ctx.cache.delete(flagsKey(tenantId));
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'set-flag',
      resource: id,
      detail: { key, enabled },
    });
  });
  const [flag] = evaluateFlags([], [{ key, enabled }]);
  return flag as EvaluatedFlag; // one in, one out
}
