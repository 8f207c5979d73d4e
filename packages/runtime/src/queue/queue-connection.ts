import { AppError } from '@maxai/kernel/errors';
import { Redis } from 'ioredis';
import { transportOf } from '../redis-transport.ts';

export type QueueConnection = {
  readonly url: string;
  /** Fails fast, so that a caller can store now and let a sweeper queue later. */
  readonly producing: Redis;
  /** Throws unless the server keeps every key; asks it once. */
  verify(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
};

const policyPattern = /maxmemory_policy:(\S+)/;

/** The queue's Redis would drop jobs silently under memory pressure. Nothing is written to it. */
export class EvictionPolicyError extends Error {
  constructor(policy: string) {
    super(
      `the queue's Redis evicts keys (maxmemory-policy is "${policy}"): set maxmemory-policy noeviction`,
    );
    this.name = 'EvictionPolicyError';
  }
}

/**
 * Connects to the Redis that must not forget. Throws {@link EvictionPolicyError} when its policy is not
 * `noeviction`. A Redis that is away is no reason not to start: it is checked before the first write.
 */
export async function createQueueConnection(options: { url: string }): Promise<QueueConnection> {
  const producing = new Redis(options.url, {
    ...transportOf(options.url),
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  });
  producing.on('error', () => {
    // Each command reports its own failure; without a listener ioredis prints every reconnect.
  });
  let verified = false;

  async function verify(): Promise<void> {
    if (verified) return;
    const policy = policyPattern.exec(await producing.info('memory'))?.[1] ?? 'unknown';
    if (policy !== 'noeviction') throw new EvictionPolicyError(policy);
    verified = true;
  }

  try {
    await verify();
  } catch (error) {
    if (error instanceof EvictionPolicyError) {
      producing.disconnect();
      throw error;
    }
  }
  return {
    url: options.url,
    producing,
    verify,
    async ping() {
      try {
        await verify();
        await producing.ping();
      } catch (cause) {
        throw new AppError('service_unavailable', { detail: 'the queue is away', cause });
      }
    },
    close() {
      producing.disconnect();
      return Promise.resolve();
    },
  };
}
