import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { lastLines, spawnServer } from './child-server.ts';
import { ensureInstalled, type DebianPackage } from './debian-package.ts';
import { LocalServerError } from './local-server-error.ts';
import { requireFreePort } from './ports.ts';
import type { LocalServer } from './postgres-process.ts';
import { redisSocket } from './socket-folder.ts';

export type RedisOptions = {
  /** Names the log and the data folder: `redis-queue`. */
  readonly name: string;
  readonly stateFolder: string;
  readonly port: number;
  readonly maxmemory: string;
  readonly maxmemoryPolicy: 'noeviction' | 'allkeys-lru';
  /** Append-only file, flushed every second. */
  readonly appendOnly: boolean;
  readonly databases?: number;
  /** Where it listens beside TCP, a folder that exists; nowhere when left out. */
  readonly socketFolder?: string;
};

const startTimeoutMs = 30_000;

export const redisPackage: DebianPackage = {
  product: 'Redis',
  program: 'redis-server',
  packages: ['redis-server'],
  elsewhere: 'macOS: brew install redis',
};

async function answers(port: number): Promise<boolean> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  redis.on('error', () => {
    // Reported by the rejected command below.
  });
  try {
    // Rejects while the append-only file is still being read, too.
    await redis.connect();
    await redis.ping();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/** Starts Redis on 127.0.0.1 with its data under `stateFolder`; every setting that matters is a flag. */
export async function startRedis(options: RedisOptions): Promise<LocalServer> {
  ensureInstalled(redisPackage);
  const { name, port, socketFolder } = options;
  await requireFreePort(port, name);
  const folder = join(options.stateFolder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logFile = join(options.stateFolder, `${name}.log`);
  const flags: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    maxmemory: options.maxmemory,
    'maxmemory-policy': options.maxmemoryPolicy,
    appendonly: options.appendOnly ? 'yes' : 'no',
    appendfsync: 'everysec',
    databases: String(options.databases ?? 1),
    daemonize: 'no',
    ...(socketFolder !== undefined && {
      unixsocket: redisSocket(socketFolder, name),
      unixsocketperm: '700',
    }),
  };
  const parameters = Object.entries(flags).flatMap(([key, value]) => [`--${key}`, value]);
  const server = await spawnServer('redis-server', [...parameters, '--save', ''], {
    cwd: folder,
    logFile,
  });
  const stop = () => server.stop('SIGTERM', 10_000);
  const deadline = performance.now() + startTimeoutMs;
  while (!(await answers(port))) {
    if (server.hasExited() || performance.now() > deadline) {
      await stop();
      throw new LocalServerError(
        `${name} did not start:\n${lastLines(logFile, 5)}\n`,
        `Its log is ${logFile}.`,
      );
    }
    await wait(25);
  }
  return {
    url: `redis://127.0.0.1:${port}/0`,
    pid: server.pid,
    logFile,
    exited: server.exited,
    stop,
  };
}
