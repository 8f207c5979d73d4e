import { queues } from '@maxai/contracts/jobs/queues';
import { requirePermission, type Identity } from '@maxai/kernel/access';
import type { Context } from '../context.ts';

/** The depth of every queue of the platform, in the order they are declared. */
export async function listQueues(ctx: Context, { identity }: { readonly identity: Identity }) {
  requirePermission(identity, 'platform:read', null);
  const { deliveries, executions, usage, payments } = ctx.producers;
  const producers = {
    'webhook-processing': deliveries,
    'flow-execution': executions,
    'usage-aggregation': usage,
    'payment-events': payments,
  };
  const items = await Promise.all(
    queues.map(async ({ name }) => Object.assign({ name }, await producers[name].depth())),
  );
  return { items };
}
