import { requirePermission, type Identity } from '@maxai/kernel/access';
import type { Context } from '../context.ts';
import { queueDepths } from './queue-depths.ts';

/** The depth of every queue of the platform, for its staff. */
export async function listQueues(ctx: Context, { identity }: { readonly identity: Identity }) {
  requirePermission(identity, 'platform:read', null);
  return { items: [...(await queueDepths(ctx))] };
}
