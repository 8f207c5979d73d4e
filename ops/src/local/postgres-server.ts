import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { lastLines, spawnServer, type ChildServer } from './child-server.ts';
import { LocalServerError } from './local-server-error.ts';
import { requireFreePort } from './ports.ts';
import {
  canEnter,
  installedPostgres,
  postgresPrograms,
  serverAccount,
  type ServerAccount,
} from './postgres-binaries.ts';

export type PostgresOptions = {
  readonly stateFolder: string;
  readonly port: number;
  /** Of the superuser `postgres`; what the data was created with. */
  readonly password: string;
  /** False trades safety on power loss for speed: tests only. */
  readonly durable: boolean;
};

export type LocalServer = {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, asked to or not. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
};

/** Where root keeps what the system account must reach when the checkout lies under a closed folder. */
export const rootsFolder = '/var/lib/maxai';
const startTimeoutMs = 60_000;
const stillInUse = /shared memory block .* is still in use/;
/** Beyond what any Linux hands out. */
const nobodysProcess = 2_147_483_646;

/**
 * The data folder: in the state folder, or, when the server's account cannot enter that, behind a link
 * in it. Without the link the state folder was removed since, and what it stood for goes too.
 */
export function dataFolder(
  stateFolder: string,
  account: ServerAccount,
  reachableFolder: string,
): string {
  mkdirSync(stateFolder, { recursive: true });
  const here = join(stateFolder, 'postgres');
  if (canEnter(stateFolder, account)) return here;
  const key = createHash('sha256').update(resolve(stateFolder)).digest('hex').slice(0, 12);
  const elsewhere = join(reachableFolder, key);
  if (!existsSync(here)) {
    rmSync(here, { force: true });
    rmSync(elsewhere, { recursive: true, force: true });
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, here);
  }
  return join(elsewhere, 'data');
}

function initialise(
  programs: string,
  data: string,
  password: string,
  account: ServerAccount,
): void {
  const unfinished = `${data}.${randomUUID()}`;
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) {
    for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  const made = spawnSync(
    join(programs, 'initdb'),
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    { ...account, cwd: unfinished, encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new LocalServerError(
      `PostgreSQL could not create its data folder: ${made.stderr}`,
      `Make sure that there is space for it at ${data}.`,
    );
  }
  renameSync(unfinished, data);
}

/**
 * Ends a server that outlived its supervisor. A killed one leaves a lock file whose process id may
 * meanwhile be a stranger's, and then Postgres would not start. The file itself must stay: it is how
 * Postgres finds out that processes of the killed server still write.
 */
async function clearLeftovers(data: string): Promise<void> {
  const lockFile = join(data, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const [pid = '', ...rest] = readFileSync(lockFile, 'utf8').split('\n');
  const commandLine = `/proc/${pid}/cmdline`;
  const isOurs = () => existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(data);
  if (isOurs()) {
    process.kill(Number(pid), 'SIGINT');
    while (isOurs()) await wait(50);
  } else {
    writeFileSync(lockFile, [nobodysProcess, ...rest].join('\n'));
  }
}

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
async function comesUp(server: ChildServer, url: string, logFile: string): Promise<boolean> {
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
    'PostgreSQL did not answer within a minute.',
    `Its log is ${logFile}.`,
  );
}

/** Starts PostgreSQL on 127.0.0.1 with its data under `stateFolder`, made on the first start. */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const { stateFolder, port, password, durable } = options;
  const account = serverAccount(userInfo().uid);
  const data = dataFolder(stateFolder, account, rootsFolder);
  const programs = postgresPrograms(account, rootsFolder, installedPostgres());
  const logFile = join(stateFolder, 'postgres.log');
  await clearLeftovers(data);
  await requireFreePort(port, 'PostgreSQL');
  if (!existsSync(data)) initialise(programs, data, password, account);
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
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
      if (await comesUp(server, url, logFile)) {
        return { url, pid: server.pid, logFile, exited: server.exited, stop };
      }
    } catch (error) {
      await stop();
      throw error;
    }
    await wait(250);
  }
}
