import type { JobContext, QueueDefinition } from '@maxai/contracts/jobs/queues';
import { continueTrace } from '@maxai/kernel/trace-context';
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { runWithContext, type Logger, type Metrics } from '../telemetry/index.ts';
import type { QueueConnection } from './queue-connection.ts';

/** Thrown by a handler to run the job again after `delayMs` without using up an attempt. */
export class RetryLater extends Error {
  readonly delayMs: number;
  constructor(delayMs: number, reason: string) {
    super(reason);
    this.name = 'RetryLater';
    this.delayMs = delayMs;
  }
}

/** Thrown by a handler when another attempt cannot help: the job is dead-lettered at once. */
export class PermanentFailure extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'PermanentFailure';
  }
}

export type JobMeta = {
  readonly jobId: string;
  readonly attempt: number;
  readonly attemptsMax: number;
};

export type Consumer = {
  /** Takes no new job and waits for those under way. */
  close(): Promise<void>;
  ping(): Promise<void>;
};

export type ConsumerOptions<D extends QueueDefinition> = {
  readonly concurrency: number;
  readonly handle: (payload: Static<D['payload']>, meta: JobMeta) => Promise<void>;
  /** The last attempt failed: keep the reason where people see it. The job then leaves the queue. */
  readonly onDead: (payload: Static<D['payload']>, reason: string, meta: JobMeta) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reads one queue. A job whose worker died is taken up again by another; handlers must bear a second run. */
export function createConsumer<D extends QueueDefinition>(
  connection: QueueConnection,
  definition: D,
  options: ConsumerOptions<D>,
): Consumer {
  const shape = Compile(definition.payload);
  const { logger, metrics } = options;

  async function attempt(
    job: Job,
    payload: Static<D['payload']>,
    meta: JobMeta,
    token: string | undefined,
  ) {
    const startedAt = performance.now();
    const settle = (outcome: 'done' | 'retried' | 'dead') => {
      metrics.jobDuration.observe(
        { queue: definition.name, outcome },
        (performance.now() - startedAt) / 1000,
      );
    };
    try {
      await options.handle(payload, meta);
      settle('done');
    } catch (error) {
      if (error instanceof RetryLater) {
        settle('retried');
        await job.moveToDelayed(Date.now() + error.delayMs, token);
        throw new DelayedError();
      }
      const dead = error instanceof PermanentFailure || meta.attempt >= meta.attemptsMax;
      settle(dead ? 'dead' : 'retried');
      logger[dead ? 'error' : 'warn'](
        { err: error, queue: definition.name, job_id: meta.jobId, attempt: meta.attempt },
        dead ? 'Job dead-lettered' : 'Job failed and will be retried',
      );
      if (!dead) throw error;
      await options.onDead(payload, reasonOf(error), meta);
      throw new UnrecoverableError(reasonOf(error));
    }
  }

  const redis = new Redis(connection.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {
    // The worker below reports what matters.
  });
  const worker = new Worker(
    definition.name,
    async (job, token) => {
      const payload: unknown = job.data;
      if (!shape.Check(payload)) {
        throw new UnrecoverableError(`a job of ${definition.name} has another shape`);
      }
      const context: JobContext = payload.context;
      const meta = {
        jobId: job.id ?? '',
        attempt: job.attemptsMade + 1,
        attemptsMax: job.opts.attempts ?? definition.attemptsMax,
      };
      await runWithContext(
        {
          correlationId: context.correlationId,
          traceparent: continueTrace(context.traceparent),
          tenantId: context.tenantId,
          ...(context.clientId !== null && { clientId: context.clientId }),
        },
        // Just checked against this definition's own schema.
        () => attempt(job, payload as Static<D['payload']>, meta, token),
      );
    },
    {
      connection: redis,
      concurrency: options.concurrency,
      lockDuration: 3_000,
      stalledInterval: 1_500,
      maxStalledCount: 10,
    },
  );
  worker.on('error', (error) =>
    logger.warn({ err: error, queue: definition.name }, 'Queue connection'),
  );
  return {
    async close() {
      await worker.close();
      redis.disconnect();
    },
    async ping() {
      if (redis.status !== 'ready') throw new Error(`queue connection is ${redis.status}`);
      await Promise.resolve();
    },
  };
}
