import {
  deliveriesPerJobMax,
  type WebhookJob,
  type webhookProcessing,
} from '@maxai/contracts/jobs/queues';
import type { Clock } from '@maxai/kernel/clock';
import type { Database } from '@maxai/runtime/database';
import type { Producer } from '@maxai/runtime/queue';
import type { Logger } from '@maxai/runtime/telemetry';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { DB } from '../generated/database.ts';
import { listStranded, markQueued } from './delivery-store.ts';

export type Queueable = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
};

export type Enqueuer = {
  /** Hands a stored delivery to the queue soon; what fails here, and what is not settled soon, is the sweeper's to find. */
  enqueueSoon(delivery: Queueable): void;
  /** Queues whatever was stored and never queued, or queued and never settled. Returns how many. */
  sweep(limits: { unqueuedAfterMs: number; unsettledAfterMs: number }): Promise<number>;
  close(): Promise<void>;
};

const batchMax = 500;
/** More wait only while the queue is away or far too slow; the sweeper finds what is not kept here. */
const waitingMax = 5000;
/** Between two writes at least; the first delivery after a pause is queued at once. */
const gatherMs = 75;

function deliveryOf(queueable: Queueable): Omit<WebhookJob, 'companions'> {
  const { id, tenantId, clientId, correlationId, traceparent } = queueable;
  return { context: { correlationId, traceparent, tenantId, clientId }, webhookEventId: id };
}

/** Few jobs for many deliveries: a job costs the queue as much whatever it holds. Its id is its first delivery's. */
function jobsOf(deliveries: readonly Queueable[]): { id: string; payload: WebhookJob }[] {
  const jobs: { id: string; payload: WebhookJob }[] = [];
  for (let from = 0; from < deliveries.length; from += deliveriesPerJobMax) {
    const [first, ...others] = deliveries.slice(from, from + deliveriesPerJobMax).map(deliveryOf);
    if (first === undefined) continue;
    const payload = others.length === 0 ? first : { ...first, companions: others };
    jobs.push({ id: first.webhookEventId, payload });
  }
  return jobs;
}

/**
 * Queue writes happen behind the acknowledgement: Postgres already holds the delivery, and a job's id is the
 * delivery's, so queueing it twice is queueing it once. Only the sweeper notes that it queued something, so as not
 * to look at it again at once; a delivery that the worker settles in time costs no note.
 */
export function createEnqueuer(options: {
  db: Database<DB>;
  producer: Producer<typeof webhookProcessing>;
  clock: Clock;
  logger: Logger;
}): Enqueuer {
  const { db, producer, clock, logger } = options;
  let waiting: Queueable[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    await setImmediate();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      try {
        await producer.add(jobsOf(batch));
      } catch (error) {
        const count = batch.length + waiting.length;
        waiting = [];
        logger.warn({ err: error, count }, 'Deliveries left to the sweeper');
      }
      await setTimeout(gatherMs);
    }
    draining = undefined;
  }

  return {
    enqueueSoon(delivery) {
      if (waiting.length < waitingMax) waiting.push(delivery);
      draining ??= drain();
    },
    async sweep(limits) {
      const nowMs = clock.now().getTime();
      const stranded = await listStranded(db, {
        unqueuedBefore: new Date(nowMs - limits.unqueuedAfterMs),
        unsettledBefore: new Date(nowMs - limits.unsettledAfterMs),
        most: batchMax,
      });
      if (stranded.length > 0) {
        await producer.add(
          stranded.map((row) => ({
            id: row.id,
            payload: {
              context: {
                correlationId: row.correlation_id,
                traceparent: row.traceparent,
                tenantId: row.tenant_id,
                clientId: row.client_id,
              },
              webhookEventId: row.id,
            },
          })),
        );
        await markQueued(
          db,
          stranded.map(({ id }) => id),
          clock.now(),
        );
      }
      return stranded.length;
    },
    async close() {
      await draining;
    },
  };
}
