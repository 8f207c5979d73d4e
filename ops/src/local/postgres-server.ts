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
import { LocalServerError } from './local-server-error.ts';
import { requireFreePort } from './ports.ts';
import { canEnter, serverAccount, type ServerAccount } from './postgres-binaries.ts';
import {
  embeddedPostgres,
  rootsFolder,
  type PostgresInstallation,
} from './postgres-installation.ts';
import { runPostgres, type LocalServer } from './postgres-process.ts';
import { removePostgresSockets } from './socket-folder.ts';

export type PostgresOptions = {
  readonly stateFolder: string;
  readonly port: number;
  /** Of the superuser `postgres`; what the data was created with. */
  readonly password: string;
  /** False trades safety on power loss for speed: tests only. */
  readonly durable: boolean;
  /** Which PostgreSQL; the embedded one when left out. */
  readonly installation?: PostgresInstallation;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where it listens beside TCP, a folder that exists; nowhere when left out. */
  readonly socketFolder?: string;
};

/** Beyond what any Linux hands out. */
const nobodysProcess = 2_147_483_646;

/** What root keeps for a state folder that the server's account cannot enter. */
function rootsFolderOf(stateFolder: string, reachableFolder: string): string {
  const key = createHash('sha256').update(resolve(stateFolder)).digest('hex').slice(0, 12);
  return join(reachableFolder, key);
}

/** Where the data of a state folder is, or will be once {@link dataFolder} has made room for it. */
export function dataPath(
  stateFolder: string,
  account: ServerAccount,
  reachableFolder: string,
): string {
  return canEnter(stateFolder, account)
    ? join(stateFolder, 'postgres')
    : join(rootsFolderOf(stateFolder, reachableFolder), 'data');
}

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
  const data = dataPath(stateFolder, account, reachableFolder);
  if (data === here) return here;
  const elsewhere = rootsFolderOf(stateFolder, reachableFolder);
  if (!existsSync(here)) {
    rmSync(here, { force: true });
    rmSync(elsewhere, { recursive: true, force: true });
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, here);
  }
  return data;
}

function initialise(made: {
  readonly programs: string;
  readonly data: string;
  readonly password: string;
  readonly account: ServerAccount;
  readonly locale: readonly string[];
}): void {
  const { programs, data, password, account, locale } = made;
  const unfinished = `${data}.${randomUUID()}`;
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) {
    for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  const ended = spawnSync(
    join(programs, 'initdb'),
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--data-checksums',
      ...locale,
      '--no-sync',
    ],
    { ...account, cwd: unfinished, encoding: 'utf8' },
  );
  rmSync(passwordFile);
  if (ended.status !== 0) {
    rmSync(unfinished, { recursive: true });
    throw new LocalServerError(
      `PostgreSQL could not create its data folder: ${ended.stderr}`,
      `Make sure that there is space for it at ${data}.`,
    );
  }
  renameSync(unfinished, data);
}

/** The process id in the folder's lock file, when it is a server's on this very folder. */
export function serverOn(data: string): number | undefined {
  const lockFile = join(data, 'postmaster.pid');
  if (!existsSync(lockFile)) return undefined;
  const [pid = ''] = readFileSync(lockFile, 'utf8').split('\n');
  const commandLine = `/proc/${pid}/cmdline`;
  const isOurs =
    existsSync(commandLine) && readFileSync(commandLine, 'utf8').split('\0').includes(data);
  return isOurs ? Number(pid) : undefined;
}

/**
 * Ends a server that outlived its supervisor. A killed one leaves a lock file whose process id may
 * meanwhile be a stranger's, and then Postgres would not start. The file itself must stay: it is how
 * Postgres finds out that processes of the killed server still write.
 */
export async function endServerOn(data: string): Promise<void> {
  const pid = serverOn(data);
  if (pid !== undefined) {
    process.kill(pid, 'SIGINT');
    while (serverOn(data) === pid) await wait(50);
  }
  const lockFile = join(data, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const [, ...rest] = readFileSync(lockFile, 'utf8').split('\n');
  writeFileSync(lockFile, [nobodysProcess, ...rest].join('\n'));
}

/** A data folder opens only under the major version that made it. */
function requireOwnVersion(data: string, { majorVersion }: PostgresInstallation): void {
  const found = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'));
  if (found === majorVersion) return;
  throw new LocalServerError(
    `The data in ${data} is of PostgreSQL ${found}, and PostgreSQL ${majorVersion} cannot open it.`,
    'Start with the one that made it, choose another folder with MAXAI_STATE, or start afresh with npx maxai reset.',
  );
}

/** Starts PostgreSQL on 127.0.0.1 with its data under `stateFolder`, made on the first start. */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const { stateFolder, port, password, durable, socketFolder } = options;
  const { installation = embeddedPostgres } = options;
  const account = serverAccount(userInfo().uid);
  const data = dataFolder(stateFolder, account, rootsFolder);
  const programs = installation.programs(account);
  await endServerOn(data);
  if (socketFolder !== undefined) removePostgresSockets(socketFolder);
  await requireFreePort(port, 'PostgreSQL');
  if (existsSync(data)) requireOwnVersion(data, installation);
  else initialise({ programs, data, password, account, locale: installation.locale });
  return runPostgres({
    programs,
    account,
    data,
    port,
    password,
    logFile: join(stateFolder, 'postgres.log'),
    settings: {
      ...(socketFolder !== undefined && { unix_socket_directories: socketFolder }),
      ...options.settings,
      ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    },
  });
}
