import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRedis } from '../testing/index.ts';
import { createCache, type Cache } from './index.ts';

let cache: Cache;
beforeAll(async () => {
  cache = createCache({ url: (await testRedis()).url });
});
afterAll(() => cache.close());

describe('cache', () => {
  it('keeps JSON for as long as it is told', async () => {
    const key = randomUUID();
    await cache.set(key, { actor: 'usr_1', grants: [] }, 30);
    expect(await cache.get(key)).toEqual({ actor: 'usr_1', grants: [] });
    const ttlSeconds = await cache.redis.ttl(key);
    expect(ttlSeconds).toBeGreaterThan(25);
    expect(ttlSeconds).toBeLessThanOrEqual(30);
  });

  it('knows nothing of a key that was never set, or was deleted', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    expect(await cache.get(first)).toBeUndefined();
    await cache.set(first, 1, 30);
    await cache.set(second, 2, 30);
    await cache.delete(first, second);
    await cache.delete();
    expect(await cache.get(first)).toBeUndefined();
    expect(await cache.get(second)).toBeUndefined();
  });

  it('hands a value that may be used once to one of two takers', async () => {
    const key = randomUUID();
    await cache.set(key, 'state', 30);
    const taken = await Promise.all([cache.take(key), cache.take(key)]);
    expect(taken.filter((value) => value !== undefined)).toEqual(['state']);
  });

  it('answers a ping', async () => {
    await expect(cache.ping()).resolves.toBeUndefined();
  });
});
