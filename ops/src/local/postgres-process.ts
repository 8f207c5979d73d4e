import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { lastLines, spawnServer, type ChildServer } from './child-server.ts';
import { LocalServerError } from './local-server-error.ts';
import type { ServerAccount } from './postgres-binaries.ts';

export type LocalServer = {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, asked to or not. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
};

export type PostgresProcess = {
  /** The folder with `postgres`. */
  readonly programs: string;
  readonly account: ServerAccount;
  readonly data: string;
  readonly port: number;
  /** Of the superuser `postgres`. */
  readonly password: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly startTimeoutMs?: number;
};

const defaultTimeoutMs = 60_000;
const stillInUse = /shared memory block .* is still in use/;

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (cause) {
    if (cause instanceof DatabaseError && cause.code === '28P01') {
      throw new LocalServerError(
        'PostgreSQL does not accept the password of this state folder.',
        'The data was created with another one: bring that back, or start afresh with npx maxai reset.',
        cause,
      );
    }
    return false;
  } finally {
    await client.end();
  }
}

/** Whether it came up; false when it gave up at once because a killed predecessor is still letting go. */
async function comesUp(
  server: ChildServer,
  url: string,
  { logFile, startTimeoutMs = defaultTimeoutMs }: PostgresProcess,
): Promise<boolean> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (server.hasExited()) {
      const said = lastLines(logFile, 5);
      if (stillInUse.test(said)) return false;
      throw new LocalServerError(
        `PostgreSQL ended while starting:\n${said}\n`,
        `Its log is ${logFile}.`,
      );
    }
    if (await answers(url)) return true;
    await wait(25);
  }
  throw new LocalServerError(
    `PostgreSQL did not answer within ${startTimeoutMs / 1000} s.`,
    `Its log is ${logFile}.`,
  );
}

/** Runs PostgreSQL on a data folder that exists, on 127.0.0.1, and returns once it answers. */
export async function runPostgres(options: PostgresProcess): Promise<LocalServer> {
  const { programs, account, data, port, password, logFile } = options;
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    // Every checkpoint has each page written whole once more, and at its end commits wait for the disk.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...options.settings,
  };
  const parameters = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  for (;;) {
    const server = await spawnServer(join(programs, 'postgres'), ['-D', data, ...parameters], {
      ...account,
      cwd: '/',
      logFile,
    });
    const stop = () => server.stop('SIGINT', 15_000);
    try {
      if (await comesUp(server, url, options)) {
        return { url, pid: server.pid, logFile, exited: server.exited, stop };
      }
    } catch (error) {
      await stop();
      throw error;
    }
    await wait(250);
  }
}
