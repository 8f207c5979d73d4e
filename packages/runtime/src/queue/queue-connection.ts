import { AppError } from '@maxai/kernel/errors';
import { Redis } from 'ioredis';

export type QueueConnection = {
  readonly url: string;
  /** Fails fast, so that a caller can store now and let a sweeper queue later. */
  readonly producing: Redis;
  ping(): Promise<void>;
  close(): Promise<void>;
};

const policyPattern = /maxmemory_policy:(\S+)/;

/**
 * Connects to the Redis that must not forget. Throws when its eviction policy is not `noeviction`: any
 * other drops jobs silently under memory pressure.
 */
export async function createQueueConnection(options: { url: string }): Promise<QueueConnection> {
  const producing = new Redis(options.url, {
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
    lazyConnect: true,
  });
  producing.on('error', () => {
    // Each command reports its own failure; without a listener ioredis prints every reconnect.
  });
  try {
    await producing.connect();
    const policy = policyPattern.exec(await producing.info('memory'))?.[1] ?? 'unknown';
    if (policy !== 'noeviction') {
      throw new Error(
        `the queue's Redis evicts keys (maxmemory-policy is "${policy}"): set maxmemory-policy noeviction`,
      );
    }
  } catch (error) {
    producing.disconnect();
    throw error;
  }
  return {
    url: options.url,
    producing,
    async ping() {
      try {
        await producing.ping();
      } catch (cause) {
        throw new AppError('service_unavailable', { detail: 'the queue is away', cause });
      }
    },
    async close() {
      producing.disconnect();
      await Promise.resolve();
    },
  };
}
