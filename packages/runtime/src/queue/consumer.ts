import type { JobContext, QueueDefinition } from '@maxai/contracts/jobs/queues';
import { AppError, errorCatalogue, type ErrorCode } from '@maxai/kernel/errors';
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { transportOf } from '../redis-transport.ts';
import { openSpan, runWithContext, type Logger, type Metrics } from '../telemetry/index.ts';
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
  /** How long the next attempt waits at most, should this one fail, in ms. */
  readonly backoffMs: number;
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

const awayDelayMs = 2_000;
/** From when it was queued: during a release another version may have written it, and the one before is kept as long. */
const strangerKeptMs = 24 * 60 * 60 * 1000;
const strangerDelayMs = 30_000;
/** Refused or unanswered: a dependency behind a broken network does not even refuse. */
const awayCodes: ReadonlySet<ErrorCode> = new Set([
  'service_unavailable',
  'upstream_timeout',
  'outcome_unknown',
]);

/** How long to wait without using up an attempt; a dependency that is away is not the job's fault. */
function delayOf(error: unknown): number | undefined {
  if (error instanceof RetryLater) return error.delayMs;
  return error instanceof AppError && awayCodes.has(error.code) ? awayDelayMs : undefined;
}

/** Errors whose sentence is made for people. Any other may tell of our insides, and only the log has it. */
const tellingErrors = new Set(['AppError', 'ProviderError', 'PermanentFailure']);

function reasonOf(error: unknown): string {
  const tells = error instanceof Error && tellingErrors.has(error.name);
  return tells ? error.message : errorCatalogue.internal[1];
}

/** Reads one queue. A job whose worker died is taken up again by another; handlers must bear a second run. */
export function createConsumer<D extends QueueDefinition>(
  connection: QueueConnection,
  definition: D,
  options: ConsumerOptions<D>,
): Consumer {
  const shape = Compile(definition.payload);
  const { logger, metrics } = options;

  type Outcome = 'done' | 'retried' | 'dead';
  type Payload = Static<D['payload']>;

  /** The dead letter is written before the job leaves the queue; while it cannot be, the job stays. */
  async function fail(payload: Payload, meta: JobMeta, error: unknown): Promise<never> {
    const dead = error instanceof PermanentFailure || meta.attempt >= meta.attemptsMax;
    const fields = {
      err: error,
      queue: definition.name,
      job_id: meta.jobId,
      attempt: meta.attempt,
    };
    if (!dead) {
      logger.warn(fields, 'Job failed and will be retried');
      throw error;
    }
    try {
      await options.onDead(payload, reasonOf(error), meta);
    } catch (cause) {
      logger.error({ ...fields, err: cause }, 'Dead letter could not be written; the job stays');
      throw new RetryLater(awayDelayMs, reasonOf(cause));
    }
    logger.error(fields, 'Job dead-lettered');
    throw new UnrecoverableError(reasonOf(error));
  }

  async function attempt(payload: Payload, meta: JobMeta): Promise<void> {
    try {
      await options.handle(payload, meta);
    } catch (error) {
      if (delayOf(error) !== undefined) throw error;
      await fail(payload, meta, error);
    }
  }

  const metaOf = (job: Job): JobMeta => ({
    jobId: String(job.id),
    attempt: job.attemptsMade + 1,
    backoffMs: definition.backoffMs * 2 ** job.attemptsMade,
    attemptsMax: job.opts.attempts ?? definition.attemptsMax,
  });

  function countDead(): void {
    metrics.jobDuration.observe({ queue: definition.name, outcome: 'dead' satisfies Outcome }, 0);
  }

  /** The job has left the queue already: this is the last that can be done for it. */
  async function buryKiller(job: Job): Promise<void> {
    const fields = { queue: definition.name, job_id: job.id };
    countDead();
    if (!shape.Check(job.data)) {
      logger.error(fields, 'Job has another shape, and every worker that ran it died: dropped');
      return;
    }
    logger.error(fields, 'Job dead-lettered: every worker that ran it died');
    try {
      // Checked above against this definition's own schema.
      await options.onDead(job.data as Payload, 'every worker that ran it died', metaOf(job));
    } catch (cause) {
      logger.error({ ...fields, err: cause }, 'Dead letter could not be written; the job is gone');
    }
  }

  /**
   * A job of another shape waits for a version that knows it, unless whoever queued it does so again by itself: then it
   * would stand in its own way. Each meeting counts as dead, so that the release of a version that cannot read what is
   * queued is seen to fail. Resolves with how its run ends.
   */
  async function leaveToOthers(job: Job, token?: string): Promise<Error> {
    countDead();
    const fields = { queue: definition.name, job_id: job.id };
    if (definition.queuedAgain || Date.now() - job.timestamp >= strangerKeptMs) {
      logger.error(fields, 'Job has another shape: dropped');
      return new UnrecoverableError(`a job of ${definition.name} has another shape`);
    }
    if (job.attemptsStarted === 1) {
      logger.error(fields, 'Job has another shape: left to a version that knows it');
    }
    const delayMs = strangerDelayMs * (1 + Math.random());
    await job.moveToDelayed(Date.now() + delayMs, token);
    return new DelayedError();
  }

  async function run(job: Job, payload: Payload, meta: JobMeta, token?: string): Promise<void> {
    const startedAt = performance.now();
    let outcome: Outcome = 'done';
    try {
      await attempt(payload, meta);
    } catch (error) {
      const delayMs = delayOf(error);
      outcome = error instanceof UnrecoverableError ? 'dead' : 'retried';
      if (delayMs === undefined) throw error;
      await job.moveToDelayed(Date.now() + delayMs, token);
      throw new DelayedError();
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.jobDuration.observe({ queue: definition.name, outcome }, seconds);
    }
  }

  const redis = new Redis(connection.url, {
    ...transportOf(connection.url),
    maxRetriesPerRequest: null,
  });
  redis.on('error', () => {
    // The worker below reports what matters.
  });
  const worker = new Worker(
    definition.name,
    async (job, token) => {
      const payload: unknown = job.data;
      if (!shape.Check(payload)) throw await leaveToOthers(job, token);
      const context: JobContext = payload.context;
      const meta = metaOf(job);
      const span = openSpan({
        name: `process ${definition.name}`,
        kind: 'consumer',
        traceparent: context.traceparent,
        attributes: {
          'messaging.system': 'bullmq',
          'messaging.destination.name': definition.name,
          'messaging.message.id': meta.jobId,
        },
      });
      const carried = {
        correlationId: context.correlationId,
        traceparent: span.traceparent,
        tenantId: context.tenantId,
        ...(context.clientId !== null && { clientId: context.clientId }),
      };
      try {
        // Just checked against this definition's own schema.
        const work = () => run(job, payload as Payload, meta, token);
        await span.within(() => runWithContext(carried, work));
        span.end();
      } catch (error) {
        // Later is not failed.
        span.end(error instanceof DelayedError ? undefined : error);
        throw error;
      }
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
  // The library fails such a job without handing it out once more.
  const burying = new Set<Promise<void>>();
  worker.on('failed', (job) => {
    if (job?.deferredFailure === undefined) return;
    const buried = buryKiller(job).finally(() => burying.delete(buried));
    burying.add(buried);
  });
  return {
    async close() {
      await worker.close();
      await Promise.all(burying);
      redis.disconnect();
    },
    async ping() {
      if (redis.status !== 'ready') throw new Error(`queue connection is ${redis.status}`);
      await Promise.resolve();
    },
  };
}
