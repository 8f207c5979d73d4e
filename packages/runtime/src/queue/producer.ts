import type { JobContext, QueueDefinition } from '@maxai/contracts/jobs/queues';
import { AppError } from '@maxai/kernel/errors';
import { Queue } from 'bullmq';
import type { Static } from 'typebox';
import { openSpan } from '../telemetry/index.ts';
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

type Payload = { readonly context: JobContext };

/** The payload as it is sent: whoever reads it continues the trace under the span of its sending. */
function announce<P extends Payload>(queue: string, id: string, payload: P) {
  const span = openSpan({
    name: `send ${queue}`,
    kind: 'producer',
    traceparent: payload.context.traceparent,
    attributes: {
      'messaging.system': 'bullmq',
      'messaging.destination.name': queue,
      'messaging.message.id': id,
    },
  });
  if (!span.recording) return { span, data: payload };
  const { traceparent } = span;
  return { span, data: { ...payload, context: { ...payload.context, traceparent } } };
}

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
      const sendings = jobs.map(({ id, payload, delayMs }) => ({
        ...announce(definition.name, id, payload as Payload),
        opts: { jobId: id, ...(delayMs !== undefined && { delay: delayMs }) },
      }));
      try {
        await connection.verify();
        await queue.addBulk(
          sendings.map(({ data, opts }) => ({ name: definition.name, data, opts })),
        );
        for (const { span } of sendings) span.end();
      } catch (cause) {
        for (const { span } of sendings) span.end(cause);
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
