import { Redis } from 'ioredis';
import { testServers } from './test-servers.ts';

/**
 * The run's Redis (`noeviction`) under the logical database of this test process, emptied. Call it once
 * per file: a second call empties what the first was given.
 */
export async function testRedis(): Promise<{ readonly url: string }> {
  const { redisUrl, redisDatabases } = testServers();
  // Vitest numbers its concurrent processes from 1.
  const database = Number(process.env['VITEST_POOL_ID']) % redisDatabases;
  const url = `${redisUrl}/${database}`;
  const redis = new Redis(url);
  await redis.flushdb();
  await redis.quit();
  return { url };
}
