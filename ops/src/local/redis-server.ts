import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { lastLines, spawnServer } from './child-server.ts';
import { LocalServerError } from './local-server-error.ts';
import { requireFreePort } from './ports.ts';
import type { LocalServer } from './postgres-server.ts';

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
};

const startTimeoutMs = 30_000;

function isInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** What decides whether Redis may be installed here, and how. */
export type Machine = {
  readonly uid: number;
  /** Debian asks this program before a package may start its service; exit code 101 means no. */
  readonly policyFile: string;
};

const installScript = `
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends redis-server
  if [ -d /run/systemd/system ]; then systemctl disable redis-server; fi`;

/** Installs the package without its service and returns what went wrong, if anything. */
function aptInstall(policyFile: string): string {
  const mayWritePolicy = !existsSync(policyFile);
  if (mayWritePolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync('/bin/sh', ['-c', installScript], { encoding: 'utf8', env }).stderr;
  } finally {
    if (mayWritePolicy) rmSync(policyFile);
  }
}

/**
 * Makes sure that `redis-server` is on PATH. Root on Debian gets the package, without its service;
 * everybody else gets the command to run.
 */
export function ensureRedisInstalled(machine: Machine): void {
  if (isInstalled()) return;
  const said = machine.uid === 0 ? aptInstall(machine.policyFile) : '';
  if (isInstalled()) return;
  throw new LocalServerError(
    `Redis is not installed. ${said}`.trimEnd(),
    'Install it once: sudo apt-get install -y redis-server (macOS: brew install redis).',
  );
}

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
  ensureRedisInstalled({ uid: userInfo().uid, policyFile: '/usr/sbin/policy-rc.d' });
  const { name, port } = options;
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
