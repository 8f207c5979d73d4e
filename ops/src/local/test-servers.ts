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

/** Waits for the pipe to break, then ends whatever works in the folder, and removes it. */
const guardScript = `
  cat
  for cwd in /proc/[0-9]*/cwd; do
    case "$(readlink "$cwd")" in "$0"/*) pid=\${cwd#/proc/}; kill -9 "\${pid%/cwd}" ;; esac
  done
  rm -rf "$0"`;

/** Ends the servers of a run that is killed and cannot do it itself. Returns how to dismiss it. */
export function standGuard(stateFolder: string): () => void {
  const guard = spawn('sh', ['-c', guardScript, stateFolder], {
    detached: true,
    cwd: '/',
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
  const dismiss = standGuard(stateFolder);
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
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
    dismiss();
    rmSync(stateFolder, { recursive: true, force: true });
  };
}
