import { createCache } from '@maxai/runtime/cache';
import { expect, test } from 'vitest';
import { createConnectionLimiter } from './connection-limiter.ts';

test('a limit that cannot be looked up because the cache is away is no failure of the call', async () => {
  // Nothing listens on port 9.
  const cache = createCache({ url: 'redis://127.0.0.1:9' });
  const takeToken = createConnectionLimiter(cache);
  await expect(takeToken('con_1', { requests: 1, windowMs: 1000 })).rejects.toMatchObject({
    code: 'service_unavailable',
    detail: 'the cache is away',
  });
  await cache.close();
});
