import { freePort } from '@maxai/ops/local/ports';
import { startRedis } from '@maxai/ops/local/redis-server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Redis that a test may stop and start again; its data outlives a stop. */
export type OwnRedis = {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
};

export async function ownRedis(
  maxmemoryPolicy: 'noeviction' | 'allkeys-lru' = 'noeviction',
): Promise<OwnRedis> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-redis-'));
  const port = await freePort();
  let stopServer = () => Promise.resolve();
  const stop = async () => {
    await stopServer();
    stopServer = () => Promise.resolve();
  };
  return {
    url: `redis://127.0.0.1:${port}/0`,
    start: async () => {
      const server = await startRedis({
        name: 'redis',
        stateFolder,
        port,
        maxmemory: '64mb',
        maxmemoryPolicy,
        appendOnly: true,
      });
      stopServer = () => server.stop();
    },
    stop,
    remove: async () => {
      await stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
