import type { BackupRepository, RepositoryName } from './recovery.ts';

export type PgBackRestSettings = {
  readonly stanza: string;
  readonly repositories: readonly BackupRepository[];
  readonly repositoryPath: (name: RepositoryName) => string;
  readonly data: string;
  readonly socketFolder: string;
  readonly port: number;
  readonly logFolder: string;
  readonly lockFolder: string;
  readonly spoolFolder: string;
};

/** The most pgBackRest counts to. */
const noLimit = 9_999_999;

type Section = Readonly<Record<string, string | number>>;

function lines(section: string, entries: Section): string {
  return [`[${section}]`, ...Object.entries(entries).map(([key, value]) => `${key}=${value}`)].join(
    '\n',
  );
}

function repositoryOptions(
  { number, name, fullRetentionDays, archive }: BackupRepository,
  repositoryPath: PgBackRestSettings['repositoryPath'],
): Section {
  const option = (key: string) => `repo${number}-${key}`;
  return {
    [option('path')]: repositoryPath(name),
    [option('cipher-type')]: 'aes-256-cbc',
    [option('retention-full-type')]: 'time',
    [option('retention-full')]: fullRetentionDays,
    // Differential backups go with the full one they depend on; left out, pgBackRest warns each time.
    [option('retention-diff')]: noLimit,
    [option('retention-archive-type')]: archive.type,
    [option('retention-archive')]: archive.backups,
  };
}

/** `pgbackrest.conf` without its keys, which lie in a file of their own. */
export function renderPgBackRest(settings: PgBackRestSettings): string {
  const { repositories, repositoryPath } = settings;
  const global: Section = {
    ...Object.assign({}, ...repositories.map((it) => repositoryOptions(it, repositoryPath))),
    'log-path': settings.logFolder,
    'lock-path': settings.lockFolder,
    'spool-path': settings.spoolFolder,
    'log-level-console': 'warn',
    'log-level-file': 'info',
    'archive-async': 'y',
    'archive-timeout': 30,
    'start-fast': 'y',
    // A file that cannot be read now cannot be read in 15 s either.
    'job-retry': 0,
  };
  const stanza: Section = {
    'pg1-path': settings.data,
    'pg1-socket-path': settings.socketFolder,
    'pg1-port': settings.port,
    'pg1-user': 'postgres',
  };
  return `${lines('global', global)}\n\n${lines(settings.stanza, stanza)}\n`;
}

/** The keys of the repositories, for a file that only the database server's account reads. */
export function renderRepositoryKeys(
  repositories: readonly BackupRepository[],
  keyOf: (name: RepositoryName) => string,
): string {
  const keys = repositories.map(
    ({ number, name }) => [`repo${number}-cipher-pass`, keyOf(name)] as const,
  );
  return `${lines('global', Object.fromEntries(keys))}\n`;
}
