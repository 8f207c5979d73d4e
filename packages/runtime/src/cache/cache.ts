import { AppError } from '@maxai/kernel/errors';
import { Redis } from 'ioredis';
import { transportOf } from '../redis-transport.ts';

export type Cache = {
  /** For scripts and pipelines; commands fail fast while Redis is away. */
  readonly redis: Redis;
  /** The stored JSON, or undefined. Throws `service_unavailable` while Redis is away. */
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  /** Reads and deletes in one step, for values that may be used once. */
  take<T>(key: string): Promise<T | undefined>;
  delete(...keys: string[]): Promise<void>;
  /** Says something to whoever listens on the channel now. Throws `service_unavailable` while Redis is away. */
  announce(channel: string, message: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** What a command of Redis answers; throws `service_unavailable` while Redis is away. */
export async function available<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (cause) {
    throw new AppError('service_unavailable', { detail: 'the cache is away', cause });
  }
}

const parse = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

/**
 * The Redis that may forget (`allkeys-lru`): sessions, flags, rate limits. Whatever it holds can be made
 * again from Postgres. A command waits for a reconnect at most `commandTimeoutMs`.
 */
export function createCache(options: { url: string; commandTimeoutMs?: number }): Cache {
  const redis = new Redis(options.url, {
    ...transportOf(options.url),
    maxRetriesPerRequest: 1,
    commandTimeout: options.commandTimeoutMs ?? 1000,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 1000),
    enableAutoPipelining: true,
  });
  redis.on('error', () => {
    // Every caller sees its own command fail; without a listener ioredis prints each reconnect.
  });
  return {
    redis,
    get: async <T>(key: string) => parse(await available(redis.get(key))) as T | undefined,
    set: async (key, value, ttlSeconds) => {
      await available(redis.set(key, JSON.stringify(value), 'EX', ttlSeconds));
    },
    take: async <T>(key: string) => parse(await available(redis.getdel(key))) as T | undefined,
    delete: async (...keys) => {
      if (keys.length > 0) await available(redis.del(...keys));
    },
    announce: async (channel, message) => {
      await available(redis.publish(channel, message));
    },
    ping: async () => {
      await available(redis.ping());
    },
    close: async () => {
      redis.disconnect();
      await Promise.resolve();
    },
  };
}
