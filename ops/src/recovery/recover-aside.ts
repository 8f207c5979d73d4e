import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LocalServerError } from '../local/local-server-error.ts';
import { lastLines } from '../local/child-server.ts';
import { freePort } from '../local/ports.ts';
import { runPostgres, type LocalServer } from '../local/postgres-process.ts';
import { endServerOn } from '../local/postgres-server.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { waitUntil } from '../supervisor/probe.ts';
import { archivingOf } from './archiving.ts';
import { giveToServer, type BackupLayout } from './backup-layout.ts';
import { readTables, withClient, type Reading } from './check-readable.ts';
import { repositoryOption } from './list-backups.ts';
import { PgBackRestError, runPgBackRest } from './pgbackrest.ts';
import type { RestorePoint } from './restore-point.ts';
import { damageIn, verifyRepository } from './verify-backups.ts';

const recoveryLimitMs = 4 * 60 * 60_000;
const segment = /^[0-9A-F]{24}$/;

/** Whatever the lost server wrote and could not archive any more is replayed as well. */
function bringUnarchivedLog(layout: BackupLayout, aside: string): void {
  const [from, to] = [join(layout.data, 'pg_wal'), join(aside, 'pg_wal')];
  if (!existsSync(from)) return;
  for (const name of readdirSync(from).filter((it) => segment.test(it))) {
    copyFileSync(join(from, name), join(to, name));
    giveToServer(layout, join(to, name));
  }
}

/** The damaged files' names, which a failed restore does not tell; when none is damaged, what it failed of. */
async function explainFailure(
  layout: BackupLayout,
  { backup }: RestorePoint,
  error: PgBackRestError,
): Promise<CommandError> {
  const found = await verifyRepository(layout, backup.repository).then(
    (output) => damageIn(backup.repository, output),
    () => [],
  );
  if (found.length === 0) return error;
  const files = found.map(({ what }) => `\n  - ${what}`);
  const other = backup.repository === 'primary' ? 'separate' : 'primary';
  return new CommandError(
    `The backup ${backup.label} in the ${backup.repository} repository cannot be restored; the data is as it was. ${error.said}${files.join('')}`,
    `restore from the other repository: --repository ${other}; or from another backup of npx maxai backup list`,
    { cause: error },
  );
}

/** What the server said last when it ended before its target, and which targets there are instead. */
function explainRecovery({ backup }: RestorePoint, error: unknown, logFile: string): unknown {
  if (!(error instanceof LocalServerError)) return error;
  return new CommandError(
    `The recovery from ${backup.label} did not reach its target; the data is as it was. PostgreSQL said:\n${lastLines(logFile, 8)}\n`,
    `--to latest takes everything that was archived, --to ${backup.label} the backup itself`,
    { cause: error },
  );
}

type Phase = 'replaying' | 'paused' | 'promoted';

async function phaseOf(url: string): Promise<Phase> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ phase: Phase }>(
      `select case when not pg_is_in_recovery() then 'promoted'
         when pg_get_wal_replay_pause_state() = 'paused' then 'paused' else 'replaying' end as phase`,
    ),
  );
  // The statement returns one row.
  return rows[0]?.phase as Phase;
}

/** A server that gives its recovery up ends itself, with the reason in its log. */
async function untilPhase(
  server: LocalServer,
  phases: readonly Phase[],
  limitMs: number,
): Promise<void> {
  let ended = false;
  void server.exited.then(() => (ended = true));
  const reached = async () => ended || phases.includes(await phaseOf(server.url));
  const inTime = await waitUntil(() => reached().catch(() => false), limitMs);
  if (ended) throw new LocalServerError('PostgreSQL gave the recovery up.', 'See its log.');
  if (!inTime) {
    throw new CommandError(
      `The recovered copy was not ${phases.join(' or ')} within ${limitMs / 60_000} min; the data is as it was.`,
      'begin with a backup nearer to the moment, of which less log is replayed: npx maxai backup list',
    );
  }
}

/** Ends the pause at the target; from here on the recovered database has a history of its own. */
async function promote(server: LocalServer, limitMs: number): Promise<void> {
  await withClient(server.url, (client) =>
    client.query('select pg_wal_replay_resume() where pg_is_in_recovery()'),
  );
  await untilPhase(server, ['promoted'], limitMs);
}

/** Where a copy is recovered before it takes the data's place. */
export function asideOf(layout: BackupLayout): string {
  return `${layout.data}.restoring`;
}

/** Ends and removes what an interrupted restore left beside the data. */
export async function discardAside(layout: BackupLayout): Promise<void> {
  const aside = asideOf(layout);
  await endServerOn(aside);
  rmSync(aside, { recursive: true, force: true });
}

function refuseDamage({ unreadable: [damage] }: Reading): void {
  if (damage === undefined) return;
  throw new CommandError(
    `${damage.table} cannot be read in the restored copy either: ${damage.reason}`,
    'restore to an earlier time, or from another backup of npx maxai backup list',
  );
}

/**
 * Restores and recovers a copy beside the data, reads all of it, and leaves it stopped and ready to take the data's
 * place. Returns its folder. When anything fails nothing of it is left, and the data was not touched.
 */
export async function recoverAside(
  layout: BackupLayout,
  point: RestorePoint,
  given: {
    readonly password: string;
    readonly database: string;
    readonly logFile: string;
    /** For reaching the target, and again for leaving recovery. */
    readonly limitMs?: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { limitMs = recoveryLimitMs, signal } = given;
  const aside = asideOf(layout);
  await discardAside(layout);
  mkdirSync(aside, { mode: 0o700 });
  giveToServer(layout, aside);
  const archiving = archivingOf(layout, aside);
  let server: LocalServer | undefined;
  const end = () => void endServerOn(aside);
  signal?.addEventListener('abort', end);
  try {
    const { backup, options } = point;
    const restore = [
      ...options,
      `--set=${backup.label}`,
      `--pg1-path=${aside}`,
      repositoryOption(backup.repository),
    ];
    await runPgBackRest(layout, ['restore', ...restore], { signal }).catch(async (error) => {
      signal?.throwIfAborted();
      throw error instanceof PgBackRestError ? await explainFailure(layout, point, error) : error;
    });
    bringUnarchivedLog(layout, aside);
    server = await runPostgres({
      programs: archiving.installation.programs(layout.account),
      account: layout.account,
      data: aside,
      port: await freePort(),
      password: given.password,
      logFile: given.logFile,
      settings: { ...archiving.settings, unix_socket_directories: '' },
      startTimeoutMs: recoveryLimitMs,
    });
    signal?.throwIfAborted();
    await untilPhase(server, ['paused', 'promoted'], limitMs);
    const inside = new URL(server.url);
    inside.pathname = `/${given.database}`;
    const paused = await readTables(inside.href);
    refuseDamage(paused);
    await promote(server, limitMs);
    if (paused.locked.length > 0) refuseDamage(await readTables(inside.href, paused.locked));
    await server.stop();
    return aside;
  } catch (error) {
    await server?.stop();
    await discardAside(layout);
    signal?.throwIfAborted();
    throw explainRecovery(point, error, given.logFile);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
