import { requireTenant, type Identity } from '@maxai/kernel/access';
import type { Context } from '../context.ts';
import { evaluateFlags, flagsKey, type EvaluatedFlag } from './flag-rules.ts';
import { lockFlags, selectPlatformFlags, selectTenantFlags } from './flag-store.ts';

/** The flags of the caller's tenant; anybody who may read a flag at any scope sees them. */
export async function listFlags(
  ctx: Context,
  input: { identity: Identity },
): Promise<{ items: EvaluatedFlag[] }> {
  const tenantId = requireTenant(input.identity);
  const key = flagsKey(tenantId);
  const cacheIsUp = ctx.cache.redis.status === 'ready';
  const cached = cacheIsUp ? await ctx.cache.get<EvaluatedFlag[]>(key) : undefined;
  if (cached !== undefined) return { items: cached };
  return ctx.database.tenant(tenantId, async (tx) => {
    await lockFlags(tx, tenantId, 'reading');
    const items = evaluateFlags(await selectPlatformFlags(tx), await selectTenantFlags(tx));
    if (cacheIsUp) await ctx.cache.set(key, items, ctx.config.flagTtlSeconds);
    return { items };
  });
}
