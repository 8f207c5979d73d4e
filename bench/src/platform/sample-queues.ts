import { queues } from '@maxai/contracts/jobs/queues';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { createProducer, createQueueConnection } from '@maxai/runtime/queue';
import { setTimeout as wait } from 'node:timers/promises';

export type QueueWatch = {
  /** Jobs that wait or are under way, by queue. */
  depths(): Promise<Record<string, number>>;
  /** Waits until every queue is empty, two minutes at most, and returns the seconds it took. */
  drained(): Promise<number>;
  close(): Promise<void>;
};

const drainLimitSeconds = 120;

export async function watchQueues(plan: LocalPlan): Promise<QueueWatch> {
  const port = plan.redis.find(({ name }) => name === 'queue')?.port;
  const connection = await createQueueConnection({ url: `redis://127.0.0.1:${port}` });
  const watched = queues.map((queue) => ({
    name: queue.name,
    producer: createProducer(connection, queue),
  }));
  async function depths(): Promise<Record<string, number>> {
    const counted = await Promise.all(
      watched.map(async ({ name, producer }) => {
        const { waiting, active, delayed } = await producer.depth();
        return [name, waiting + active + delayed] as const;
      }),
    );
    return Object.fromEntries(counted);
  }
  const areEmpty = async () => Object.values(await depths()).every((depth) => depth === 0);

  return {
    depths,
    async drained() {
      const from = performance.now();
      const seconds = () => (performance.now() - from) / 1000;
      while (!(await areEmpty()) && seconds() < drainLimitSeconds) await wait(100);
      return seconds();
    },
    async close() {
      await Promise.all(watched.map(({ producer }) => producer.close()));
      await connection.close();
    },
  };
}
