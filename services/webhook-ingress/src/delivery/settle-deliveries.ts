import type * as contract from '@maxai/contracts/http/webhook-ingress';
import type { ResultOf } from '@maxai/contracts/operation';
import type { Context } from '../context.ts';
import * as store from './delivery-store.ts';

/** The worker has taken these over in its own database; the sweeper leaves them alone from now on. */
export async function settleDeliveries(
  ctx: Context,
  ids: readonly string[],
): Promise<ResultOf<typeof contract.settleDeliveries>> {
  await store.settleDeliveries(ctx.db, ids, ctx.clock.now());
  return {};
}
