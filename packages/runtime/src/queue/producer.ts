import type { QueueDefinition } from '@maxai/contracts/jobs/queues';
import { AppError } from '@maxai/kernel/errors';
import { Queue } from 'bullmq';
import type { Static } from 'typebox';
import type { QueueConnection } from './queue-connection.ts';

export type QueueDepth = { waiting: number; active: number; delayed: number; failed: number };

export type Producer<D extends QueueDefinition> = {
  /** Adds jobs under their own ids; an id that is still in the queue is left as it is. Throws `service_unavailable`. */
  add(
    jobs: readonly { id: string; payload: Static<D['payload']>; delayMs?: number }[],
  ): Promise<void>;
  depth(): Promise<QueueDepth>;
  close(): Promise<void>;
};

/** Writes to one queue. Finished jobs leave no trace, so the same id may be queued again later. */
export function createProducer<D extends QueueDefinition>(
  connection: QueueConnection,
  definition: D,
): Producer<D> {
  const queue = new Queue(definition.name, {
    connection: connection.producing,
    defaultJobOptions: {
      attempts: definition.attemptsMax,
      backoff: { type: 'exponential', delay: definition.backoffMs, jitter: 0.3 },
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  queue.on('error', () => {
    // Each add reports its own failure.
  });
  return {
    async add(jobs) {
      try {
        await connection.verify();
        await queue.addBulk(
          jobs.map(({ id, payload, delayMs }) => ({
            name: definition.name,
            data: payload,
            opts: { jobId: id, ...(delayMs !== undefined && { delay: delayMs }) },
          })),
        );
      } catch (cause) {
        throw new AppError('service_unavailable', { detail: 'the queue is away', cause });
      }
    },
    async depth() {
      const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
      const of = (state: string) => Number(counts[state]);
      return {
        waiting: of('wait') + of('prioritized'),
        active: of('active'),
        delayed: of('delayed'),
        failed: of('failed'),
      };
    },
    close: () => queue.close(),
  };
}
