import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ensureInstalled } from '../local/debian-package.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { stanza, type BackupLayout } from './backup-layout.ts';

const program = 'pgbackrest';

/** Debian's pgBackRest; others get the command to install it. */
export function ensurePgBackRest(): void {
  ensureInstalled({
    product: 'pgBackRest',
    program,
    versionArgument: 'version',
    packages: ['pgbackrest'],
  });
}

/** The program with the options that every call has, as words. */
export function pgBackRestCommand(layout: BackupLayout): readonly string[] {
  return [
    program,
    `--config=${layout.configFile}`,
    `--config-include-path=${layout.includeFolder}`,
    `--stanza=${stanza}`,
  ];
}

/** What pgBackRest said when it failed: its own lines, without their times. */
export class PgBackRestError extends CommandError {
  readonly said: string;

  constructor(command: string, said: string) {
    super(`pgbackrest ${command} failed: ${said}`, fixFor(command, said));
    this.name = 'PgBackRestError';
    this.said = said;
  }

  /** Whether another pgBackRest was at work. */
  get isLocked(): boolean {
    return locked.test(this.said);
  }
}

const locked = /unable to acquire lock/i;

const noRoom = /No space left on device|\[28\]|unable to write/i;

const fixes: readonly (readonly [RegExp, string])[] = [
  [
    noRoom,
    'make room at the repository and run it again; the backups taken before are as they were',
  ],
  [
    /was not archived before/i,
    'write-ahead log does not reach a repository: make room at the repository, or see what postgres.log says of archive-push, and run it again; the backups taken before are as they were',
  ],
  [locked, 'another backup is under way: wait for it and run this again'],
  [/unable to find primary cluster/i, 'start the platform first: npx maxai up'],
];

function fixFor(command: string, said: string): string {
  if (command === 'restore' && noRoom.test(said)) {
    return 'make room beside the data for a second copy of the database and restore again; the data is as it was';
  }
  return (
    fixes.find(([pattern]) => pattern.test(said))?.[1] ??
    'npx maxai backup verify names what is damaged; npx maxai backup list shows what else there is'
  );
}

/** Runs one pgBackRest command as the database server's account and returns what it printed. */
export async function runPgBackRest(
  layout: BackupLayout,
  args: readonly string[],
  options: { readonly password?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const [command = '', ...common] = pgBackRestCommand(layout);
  const { PATH, HOME } = process.env;
  const child = spawn(command, [...common, ...args], {
    ...layout.account,
    cwd: '/',
    env: {
      PATH,
      HOME,
      // A configuration written before the database moved its socket names the old place.
      PGBACKREST_PG1_SOCKET_PATH: layout.socketFolder,
      // libpq reads the password from here; an argument would show in every list of processes.
      ...(options.password !== undefined && { PGPASSWORD: options.password }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => void child.kill('SIGTERM');
  options.signal?.addEventListener('abort', end);
  if (options.signal?.aborted === true) end();
  const ended = once(child, 'exit');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  options.signal?.removeEventListener('abort', end);
  if (code === 0) return output;
  const said = `${errors}${output}`
    .replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ /gm, '')
    .trim();
  throw new PgBackRestError(String(args.find((word) => !word.startsWith('-'))), said);
}
