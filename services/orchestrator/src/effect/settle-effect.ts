import type { EffectResult, MessagingPort, SentMessage } from '@maxai/integrations/ports';
import { checkActionInput } from './action-input.ts';
import { claimedByOthers, rivalUntil, type EffectRow } from './effect-store.ts';
import type { WorkerContext } from '../context.ts';

// Providers stamp messages in whole seconds, and their clock is not ours.
const clockSkewMs = 2000;
const askTimeoutMs = 10_000;

export type Settlement =
  | { readonly kind: 'happened'; readonly result: EffectResult<SentMessage> }
  | { readonly kind: 'did-not-happen' }
  | { readonly kind: 'too-early'; readonly waitMs: number };

/**
 * Finds out whether an attempt that was cut off reached the provider. Safe against a second send:
 * - nobody asks before the attempt's own timeout has passed, and no call lasts longer, however late it began, so
 *   it can no longer arrive afterwards;
 * - a message that an equal effect claimed is excluded, and the ledger's unique index on claims decides
 *   between two that ask at once;
 * - while an equal effect is under way, its message is in the provider's list but not yet claimed: the
 *   answer would be a guess, so it waits. That look-up comes after the provider's answer, because a rival
 *   is always in the ledger before its message is at the provider.
 */
export async function settleEffect(
  ctx: WorkerContext,
  effect: EffectRow,
  messaging: MessagingPort,
): Promise<Settlement> {
  const now = ctx.clock.now();
  const waitMs = effect.settle_after.getTime() - now.getTime();
  if (waitMs > 0) return { kind: 'too-early', waitMs };
  const { to, body } = checkActionInput('messaging.send', effect.request);
  const exclude = await ctx.db.tenant(effect.tenant_id, (tx) => claimedByOthers(tx, effect));
  const sinceMs = effect.created_at.getTime() - clockSkewMs;
  const result = await messaging.findSent(
    { to, body, sinceMs, exclude },
    { timeoutMs: askTimeoutMs },
  );
  const rival = await ctx.db.tenant(effect.tenant_id, (tx) =>
    rivalUntil(tx, effect, ctx.clock.now()),
  );
  if (rival) return { kind: 'too-early', waitMs: rival.getTime() - now.getTime() };
  return result ? { kind: 'happened', result } : { kind: 'did-not-happen' };
}
