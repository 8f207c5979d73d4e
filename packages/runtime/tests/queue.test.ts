import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent, traceIdOf } from '@maxai/kernel/trace-context';
import {
  createConsumer,
  createProducer,
  createQueueConnection,
  PermanentFailure,
  RetryLater,
  type JobMeta,
  type Producer,
  type QueueConnection,
} from '@maxai/runtime/queue';
import {
  createLogger,
  createMetrics,
  currentContext,
  jobContextOf,
  runWithContext,
} from '@maxai/runtime/telemetry';
import { testRedis, until } from '@maxai/runtime/testing';
import { Queue } from 'bullmq';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executionQueue } from './support/execution-queue.ts';

type Payload = Parameters<Producer<typeof executionQueue>['add']>[0][number]['payload'];

let url: string;
let connection: QueueConnection;
let producer: Producer<typeof executionQueue>;
let raw: Queue;
const closing: (() => Promise<unknown>)[] = [];
const written: string[] = [];

beforeAll(async () => {
  url = (await testRedis()).url;
  connection = await createQueueConnection({ url });
  producer = createProducer(connection, executionQueue);
  raw = new Queue(executionQueue.name, { connection: connection.producing });
});
afterAll(async () => {
  await producer.close();
  await raw.close();
  await connection.close();
});
beforeEach(() => {
  written.length = 0;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await raw.obliterate({ force: true });
});

function jobOf(clientId: string | null = null) {
  const executionId = newId('execution');
  const context = jobContextOf(newId('tenant'), clientId);
  return { id: executionId, payload: { context, executionId } };
}

/** A consumer whose handler fails as told; keeps the order of what happened. */
function consume(
  handle: (payload: Payload, meta: JobMeta) => Promise<void>,
  onDead: (reason: string) => Promise<void> = () => Promise.resolve(),
  definition = executionQueue,
) {
  const dead: { reason: string; meta: JobMeta }[] = [];
  const runs: JobMeta[] = [];
  const metrics = createMetrics('test');
  const consumer = createConsumer(connection, definition, {
    concurrency: 4,
    logger: createLogger({
      service: 'test',
      version: 'test',
      level: 'warn',
      destination: { write: (line) => void written.push(line) },
    }),
    metrics,
    handle: (payload, meta) => {
      runs.push(meta);
      return handle(payload, meta);
    },
    onDead: async (_payload, reason, meta) => {
      await onDead(reason);
      dead.push({ reason, meta });
    },
  });
  closing.push(() => consumer.close());
  return { consumer, dead, runs, metrics };
}

const isEmpty = async () => {
  const depth = await producer.depth();
  return Object.values(depth).every((count) => count === 0);
};

describe('a job', () => {
  it('is handled once and leaves no trace, so that its id may be queued again', async () => {
    const { runs, metrics } = consume(() => Promise.resolve());
    const job = jobOf();
    await producer.add([job]);
    await until(() => runs.length === 1);
    await until(isEmpty);
    await producer.add([job]);
    await until(() => runs.length === 2);
    await until(isEmpty);
    expect(runs[0]).toEqual({ jobId: job.id, attempt: 1, attemptsMax: 3, backoffMs: 1 });
    expect(await metrics.registry.metrics()).toMatch(
      /queue_job_duration_seconds_count\{[^}]*outcome="done"[^}]*\} 2/,
    );
  });

  it('that is still in the queue is left as it is', async () => {
    const [waiting, later] = [jobOf(), { ...jobOf(), delayMs: 60_000 }];
    await producer.add([waiting, later]);
    await producer.add([waiting, later]);
    expect(await producer.depth()).toEqual({ waiting: 1, active: 0, delayed: 1, failed: 0 });
  });

  it('carries correlation id, trace, tenant and client to its handler', async () => {
    const seen: ReturnType<typeof currentContext>[] = [];
    consume(() => {
      seen.push({ ...currentContext() });
      return Promise.resolve();
    });
    const context = { correlationId: 'order-1234', traceparent: newTraceparent() };
    const clientId = newId('client');
    const [ofClient, ofTenant] = runWithContext(context, () => [jobOf(clientId), jobOf()]);
    await producer.add([ofClient]);
    await until(() => seen.length === 1);
    await producer.add([ofTenant]);
    await until(() => seen.length === 2);
    expect(seen[0]).toMatchObject({
      correlationId: 'order-1234',
      tenantId: ofClient.payload.context.tenantId,
      clientId,
    });
    expect(traceIdOf(seen[0]!.traceparent)).toBe(traceIdOf(context.traceparent));
    expect(seen[1]).not.toHaveProperty('clientId');
  });

  it('that fails is tried again, and works at last', async () => {
    const { runs, dead } = consume((_payload, { attempt }) =>
      attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(),
    );
    await producer.add([jobOf()]);
    await until(() => runs.length === 3);
    await until(isEmpty);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(dead).toEqual([]);
    expect(written.filter((line) => line.includes('will be retried'))).toHaveLength(2);
  });

  it('that never works is dead-lettered after its last attempt, with the reason', async () => {
    const { runs, dead, metrics } = consume(() => Promise.reject(new AppError('provider_failed')));
    const job = jobOf();
    await producer.add([job]);
    await until(() => dead.length === 1);
    await until(isEmpty);
    expect(runs).toHaveLength(3);
    expect(dead).toEqual([
      {
        reason: 'The provider could not complete the request',
        meta: { jobId: job.id, attempt: 3, attemptsMax: 3, backoffMs: 4 },
      },
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/_count\{[^}]*outcome="retried"[^}]*\} 2/);
    expect(text).toMatch(/_count\{[^}]*outcome="dead"[^}]*\} 1/);
    expect(written.at(-1)).toContain(job.payload.context.correlationId);
  });

  it('that cannot work is dead-lettered at once', async () => {
    const { runs, dead } = consume(() => Promise.reject(new PermanentFailure('no such flow')));
    await producer.add([jobOf()]);
    await until(() => dead.length === 1);
    await until(isEmpty);
    expect(runs).toHaveLength(1);
    expect(dead[0]?.reason).toBe('no such flow');
  });

  it('that asks for later uses no attempt', async () => {
    const { runs, dead } = consume(() =>
      runs.length <= 4
        ? Promise.reject(new RetryLater(10, 'rate limit of the connection'))
        : Promise.resolve(),
    );
    await producer.add([jobOf()]);
    await until(() => runs.length === 5);
    await until(isEmpty);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
    expect(dead).toEqual([]);
  });

  it('keeps what our insides say of a failure out of its dead letter, and in the log', async () => {
    // Whatever a handler throws, an Error or not.
    const { dead } = consume((_payload, { attempt }) =>
      Promise.reject(attempt < 3 ? 'not even an error' : new TypeError('x is not a function')),
    );
    await producer.add([jobOf()]);
    await until(() => dead.length === 1);
    expect(dead[0]?.reason).toBe('Something went wrong on our side');
    expect(written.at(-1)).toContain('x is not a function');
  });

  it.each([
    ['written', () => Promise.resolve(), 'every worker that ran it died'],
    ['lost', () => Promise.reject(new Error('no database')), 'the job is gone'],
  ] as const)('that kills its workers has a dead letter, %s', async (_name, onDead, told) => {
    const job = jobOf();
    await producer.add([job]);
    // What the library notes of a job that stalled too often, for the worker that takes it next.
    const key = `bull:${executionQueue.name}:${job.id}`;
    await connection.producing.hset(key, 'defa', 'job stalled more than allowable limit');
    const { consumer, runs, dead } = consume(() => Promise.resolve(), onDead);
    await until(() => written.some((line) => line.includes(told)));
    await until(isEmpty);
    await consumer.close();
    expect(runs).toEqual([]);
    expect(dead).toHaveLength(told === 'the job is gone' ? 0 : 1);
  });

  it.each(['service_unavailable', 'upstream_timeout'] as const)(
    'whose dependency is away (%s) waits for it without using an attempt',
    async (code) => {
      const { runs, dead } = consume(() =>
        runs.length === 1 ? Promise.reject(new AppError(code)) : Promise.resolve(),
      );
      await producer.add([jobOf()]);
      await until(async () => (await producer.depth()).delayed === 1);
      await until(() => runs.length === 2);
      await until(isEmpty);
      expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1]);
      expect(dead).toEqual([]);
    },
  );

  it('stays while its dead letter cannot be written', async () => {
    let databaseIsAway = true;
    const { runs, dead } = consume(
      () => Promise.reject(new Error('broken')),
      () => (databaseIsAway ? Promise.reject(new Error('no database')) : Promise.resolve()),
    );
    await producer.add([jobOf()]);
    await until(() => written.some((line) => line.includes('the job stays')));
    await until(async () => (await producer.depth()).delayed === 1);
    expect(dead).toEqual([]);
    databaseIsAway = false;
    await until(() => dead.length === 1);
    await until(isEmpty);
    expect(dead[0]).toMatchObject({
      reason: 'Something went wrong on our side',
      meta: { attempt: 3 },
    });
    expect(runs).toHaveLength(4);
  });

  it('of another shape waits for a version that knows it', async () => {
    const { runs, dead, metrics } = consume(() => Promise.resolve());
    const data = { executionId: 'exe_1' };
    const { id = '' } = await raw.add(executionQueue.name, data, { removeOnFail: true });
    await until(async () => (await producer.depth()).delayed === 1);
    expect(written[0]).toContain('left to a version that knows it');
    expect(await metrics.registry.metrics()).toMatch(
      /queue_job_duration_seconds_count\{[^}]*outcome="dead"[^}]*\} 1/,
    );
    expect(runs).toEqual([]);
    const job = await raw.getJob(id);
    expect(job).toMatchObject({ attemptsMade: 0, data });
    // Another version reads the shape that this one does not know.
    const known = jobOf().payload;
    await job?.updateData(known);
    await job?.promote();
    await until(() => runs.length === 1);
    await until(isEmpty);
    expect(runs[0]).toMatchObject({ jobId: id, attempt: 1 });
    expect(dead).toEqual([]);
  });

  it('of another shape that no version knew in a day is dropped, says so and counts as dead', async () => {
    const { runs, dead, metrics } = consume(() => Promise.resolve());
    const timestamp = Date.now() - 25 * 60 * 60 * 1000;
    await raw.add(executionQueue.name, { executionId: 'exe_1' }, { removeOnFail: true, timestamp });
    await until(() => written.length > 0);
    await until(isEmpty);
    expect(written[0]).toContain('Job has another shape: dropped');
    expect(await metrics.registry.metrics()).toMatch(
      /queue_job_duration_seconds_count\{[^}]*outcome="dead"[^}]*\} 1/,
    );
    expect(runs).toEqual([]);
    expect(dead).toEqual([]);
  });
});

describe('a job that is queued again when it is gone', () => {
  it('makes room for itself when its shape is another', async () => {
    const again = { ...executionQueue, queuedAgain: true };
    const { runs } = consume(() => Promise.resolve(), undefined, again);
    const { id, payload } = jobOf();
    const options = { jobId: id, removeOnFail: true };
    await raw.add(executionQueue.name, { executionId: 'exe_1' }, options);
    await until(() => written.some((line) => line.includes('dropped')));
    await until(isEmpty);
    await producer.add([{ id, payload }]);
    await until(() => runs.length === 1);
    expect(runs[0]).toMatchObject({ jobId: id });
  });
});

describe('a connection', () => {
  it('answers a ping', async () => {
    await expect(connection.ping()).resolves.toBeUndefined();
  });
});

describe('a consumer', () => {
  it('finishes the job under way before it closes, and takes no other', async () => {
    const release = Promise.withResolvers<void>();
    const order: string[] = [];
    const { consumer, runs } = consume(async () => {
      await release.promise;
      order.push('finished');
    });
    await producer.add([jobOf()]);
    await until(() => runs.length === 1);
    const closed = consumer.close().then(() => order.push('closed'));
    setTimeout(release.resolve, 100);
    await closed;
    expect(order).toEqual(['finished', 'closed']);
    await producer.add([jobOf()]);
    expect(await producer.depth()).toMatchObject({ waiting: 1, active: 0 });
    expect(runs).toHaveLength(1);
  });

  it('takes up the job of a worker that was killed within five seconds', async () => {
    const worker = fork(join(import.meta.dirname, 'support/stuck-worker.ts'), [url], {
      stdio: 'inherit',
    });
    const job = jobOf();
    await producer.add([job]);
    const [taken] = (await once(worker, 'message')) as [string];
    expect(taken).toBe(job.id);
    const { runs } = consume(() => Promise.resolve());
    worker.kill('SIGKILL');
    const killedAtMs = performance.now();
    await until(() => runs.length > 0, 10_000);
    expect(performance.now() - killedAtMs).toBeLessThan(5_000);
    expect(runs).toEqual([{ jobId: job.id, attempt: 1, attemptsMax: 3, backoffMs: 1 }]);
    await until(isEmpty);
  }, 30_000);

  it('answers a ping', async () => {
    const { consumer } = consume(() => Promise.resolve());
    const pinged = () =>
      consumer.ping().then(
        () => 'ready',
        () => false,
      );
    expect(await until(pinged)).toBe('ready');
  });
});
