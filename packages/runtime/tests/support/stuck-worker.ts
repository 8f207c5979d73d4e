import { executionQueue } from './execution-queue.ts';
import { createConsumer, createQueueConnection } from '@maxai/runtime/queue';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';

/** A worker in a process of its own: takes a job, says so and never finishes it. */
const connection = await createQueueConnection({ url: process.argv[2] ?? '' });
createConsumer(connection, executionQueue, {
  concurrency: 1,
  logger: createLogger({ service: 'stuck', version: 'test', level: 'silent' }),
  metrics: createMetrics('stuck'),
  onDead: () => Promise.resolve(),
  handle: async (payload) => {
    process.send?.(payload.executionId);
    await new Promise(() => {});
  },
});
