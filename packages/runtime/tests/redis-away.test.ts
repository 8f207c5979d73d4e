import { newId } from '@maxai/kernel/ids';
import { newTraceparent } from '@maxai/kernel/trace-context';
import { createCache } from '@maxai/runtime/cache';
import {
  createConsumer,
  createProducer,
  createQueueConnection,
  EvictionPolicyError,
} from '@maxai/runtime/queue';
import { createMetrics } from '@maxai/runtime/telemetry';
import { quietLogger, until } from '@maxai/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { executionQueue } from './support/execution-queue.ts';
import { ownRedis } from './support/own-redis.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function redisOf(...policy: Parameters<typeof ownRedis>) {
  const redis = await ownRedis(...policy);
  cleanups.push(() => redis.remove());
  return redis;
}

function jobOf() {
  const executionId = newId('execution');
  const context = {
    correlationId: newId('correlation'),
    traceparent: newTraceparent(),
    tenantId: newId('tenant'),
    clientId: null,
  };
  return { id: executionId, payload: { context, executionId } };
}

const unavailable = { code: 'service_unavailable' };

describe('the cache', () => {
  it('fails fast while Redis is away and recovers with it', async () => {
    const redis = await redisOf('allkeys-lru');
    await redis.start();
    const cache = createCache({ url: redis.url, commandTimeoutMs: 300 });
    cleanups.push(() => cache.close());
    await cache.set('session', 'kept', 60);
    await redis.stop();
    const startedAtMs = performance.now();
    await expect(cache.get('session')).rejects.toMatchObject(unavailable);
    await expect(cache.set('session', 'lost', 60)).rejects.toMatchObject(unavailable);
    await expect(cache.take('session')).rejects.toMatchObject(unavailable);
    await expect(cache.delete('session')).rejects.toMatchObject(unavailable);
    await expect(cache.ping()).rejects.toMatchObject(unavailable);
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
    await redis.start();
    const recovered = () =>
      cache.get('session').then(
        (value) => value === 'kept',
        () => false,
      );
    expect(await until(recovered)).toBe(true);
  });
});

describe('the queue', () => {
  it('refuses a Redis that evicts keys, and says what to set', async () => {
    const redis = await redisOf('allkeys-lru');
    await redis.start();
    const refused = createQueueConnection({ url: redis.url });
    await expect(refused).rejects.toBeInstanceOf(EvictionPolicyError);
    await expect(refused).rejects.toThrow('set maxmemory-policy noeviction');
  });

  it('starts while Redis is away and checks it before the first write', async () => {
    const redis = await redisOf('allkeys-lru');
    const connection = await createQueueConnection({ url: redis.url });
    const producer = createProducer(connection, executionQueue);
    cleanups.push(
      () => connection.close(),
      () => producer.close(),
    );
    await expect(producer.add([jobOf()])).rejects.toMatchObject({
      ...unavailable,
      detail: 'the queue is away',
    });
    await expect(connection.ping()).rejects.toMatchObject(unavailable);
    await redis.start();
    const cause = () =>
      producer.add([jobOf()]).then(
        () => 'added',
        (error: Error) => error.cause instanceof EvictionPolicyError && 'refused',
      );
    expect(await until(cause)).toBe('refused');
    await expect(connection.ping()).rejects.toMatchObject(unavailable);
  });

  it('takes jobs again once Redis is back, and loses none that it took', async () => {
    const redis = await redisOf();
    await redis.start();
    const connection = await createQueueConnection({ url: redis.url });
    const producer = createProducer(connection, executionQueue);
    const handled: string[] = [];
    const [before, after] = [jobOf(), jobOf()];
    await producer.add([{ ...before, delayMs: 1_000 }]);
    const consumer = createConsumer(connection, executionQueue, {
      concurrency: 1,
      logger: quietLogger,
      metrics: createMetrics('test'),
      onDead: () => Promise.resolve(),
      handle: (payload) => {
        handled.push(payload.executionId);
        return Promise.resolve();
      },
    });
    cleanups.push(
      () => connection.close(),
      () => producer.close(),
      () => consumer.close(),
    );
    await until(() =>
      consumer.ping().then(
        () => true,
        () => false,
      ),
    );
    await redis.stop();
    await until(() =>
      consumer.ping().then(
        () => false,
        () => true,
      ),
    );
    await expect(consumer.ping()).rejects.toThrow('queue connection is');
    await expect(producer.add([after])).rejects.toMatchObject(unavailable);
    await redis.start();
    await until(() =>
      producer.add([after]).then(
        () => true,
        () => false,
      ),
    );
    await until(() => handled.length >= 2, 15_000);
    expect(new Set(handled)).toEqual(new Set([before.id, after.id]));
  }, 30_000);
});
