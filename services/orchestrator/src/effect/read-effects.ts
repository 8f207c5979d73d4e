import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { effectToWire, findEffect, selectEffects, type EffectWire } from './effect-store.ts';

export async function listEffects(
  ctx: Context,
  input: Paging & { readonly identity: Identity; readonly action?: string },
) {
  const scope = listScope(visibleClients(input.identity, 'execution:read'), input);
  const tenantId = requireTenant(input.identity);
  const rows = await ctx.db.read(tenantId, (tx) => selectEffects(tx, scope, input.action));
  return pageOf(rows, scope, effectToWire);
}

export async function getEffect(
  ctx: Context,
  { identity, effectId }: { readonly identity: Identity; readonly effectId: string },
): Promise<EffectWire> {
  const effect = await ctx.db.tenant(requireTenant(identity), (tx) => findEffect(tx, effectId));
  if (!effect) throw notFound();
  requirePermission(identity, 'execution:read', effect.clientId);
  return effect;
}
