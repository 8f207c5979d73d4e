import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { testRedis } from './index.ts';

it('gives an empty Redis that keeps what it was given until the next file asks', async () => {
  const { url } = await testRedis();
  const redis = new Redis(url);
  await redis.set('key', 'value');
  expect(await redis.get('key')).toBe('value');
  expect((await redis.config('GET', 'maxmemory-policy')) as string[]).toContain('noeviction');
  expect((await testRedis()).url).toBe(url);
  expect(await redis.get('key')).toBeNull();
  redis.disconnect();
});
