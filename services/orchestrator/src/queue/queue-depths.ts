import { queues, type QueueName } from '@maxai/contracts/jobs/queues';
import type { QueueDepth } from '@maxai/runtime/queue';
import { atMostEvery, gauge } from '@maxai/runtime/telemetry';
import type { Context } from '../context.ts';

export type NamedDepth = { readonly name: QueueName } & QueueDepth;

const intervalMs = 5000;
const states = ['waiting', 'active', 'delayed', 'failed'] as const;

/** The depth of every queue of the platform, in the order they are declared. */
export async function queueDepths({
  producers: { deliveries, executions, usage, payments },
}: Pick<Context, 'producers'>): Promise<readonly NamedDepth[]> {
  const producers = {
    'webhook-processing': deliveries,
    'flow-execution': executions,
    'usage-aggregation': usage,
    'payment-events': payments,
  };
  return Promise.all(
    queues.map(async ({ name }) => Object.assign({ name }, await producers[name].depth())),
  );
}

/** Lets the metrics tell how many jobs each queue holds. */
export function reportQueues(ctx: Pick<Context, 'metrics' | 'producers'>): void {
  const depths = atMostEvery(() => queueDepths(ctx), { intervalMs });
  gauge(ctx.metrics, 'queue_jobs', async () =>
    (await depths()).flatMap((depth) =>
      states.map((state) => ({ labels: { queue: depth.name, state }, value: depth[state] })),
    ),
  );
}
