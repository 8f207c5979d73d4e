import { queues } from '@maxai/contracts/jobs/queues';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { createProducer, createQueueConnection } from '@maxai/runtime/queue';

export type QueueWatch = {
  /** Jobs that wait or are under way, by queue. */
  depths(): Promise<Record<string, number>>;
  close(): Promise<void>;
};

export async function watchQueues(plan: LocalPlan): Promise<QueueWatch> {
  const port = plan.redis.find(({ name }) => name === 'queue')?.port;
  const connection = await createQueueConnection({ url: `redis://127.0.0.1:${port}` });
  const watched = queues.map((queue) => ({
    name: queue.name,
    producer: createProducer(connection, queue),
  }));
  return {
    async depths() {
      const counted = await Promise.all(
        watched.map(async ({ name, producer }) => {
          const { waiting, active, delayed } = await producer.depth();
          return [name, waiting + active + delayed] as const;
        }),
      );
      return Object.fromEntries(counted);
    },
    async close() {
      await Promise.all(watched.map(({ producer }) => producer.close()));
      await connection.close();
    },
  };
}
