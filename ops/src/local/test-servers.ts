import type { TestServers } from '@maxai/runtime/testing';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { startPostgres } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';

const redisDatabases = 64;

/** The part of Vitest's project that hands values to test files. */
type Receiver = { provide(key: 'testServers', value: TestServers): void };

/**
 * Ends the servers when this process is killed and cannot: the pipe to it breaks. Returns how to dismiss it.
 */
function standGuard(pids: readonly number[], stateFolder: string): () => void {
  const script = `cat; kill -9 ${pids.join(' ')}; rm -rf "$0"`;
  const guard = spawn('sh', ['-c', script, stateFolder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return () => guard.kill('SIGKILL');
}

/** Vitest's global setup: one Postgres and one Redis for the whole run, gone when it ends. */
export default async function startTestServers(project: Receiver): Promise<() => Promise<void>> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-test-'));
  // Postgres runs under another account when root runs the tests.
  chmodSync(stateFolder, 0o711);
  const postgres = await startPostgres({
    stateFolder,
    port: await freePort(),
    password: randomUUID(),
    durable: false,
  });
  const redis = await startRedis({
    name: 'redis',
    stateFolder,
    port: await freePort(),
    maxmemory: '256mb',
    maxmemoryPolicy: 'noeviction',
    appendOnly: false,
    databases: redisDatabases,
  }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  project.provide('testServers', {
    postgresUrl: postgres.url,
    redisUrl: redis.url.replace(/\/0$/, ''),
    redisDatabases,
  });
  const dismiss = standGuard([postgres.pid, redis.pid], stateFolder);
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
    dismiss();
    rmSync(stateFolder, { recursive: true, force: true });
  };
}
