import {
  backupPolicy,
  backupRepositories,
  type BackupType,
  type RepositoryName,
} from '@maxai/topology/recovery';
import type { BackupLayout } from './backup-layout.ts';
import { runPgBackRest } from './pgbackrest.ts';

export type Backup = {
  /** pgBackRest's: `20261124-210726F`, or with its differential `…F_20261125-020000D`. */
  readonly label: string;
  readonly repository: RepositoryName;
  readonly type: BackupType | 'incr';
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** PostgreSQL's: each restore begins a new one. */
  readonly timeline: number;
  /** Where the backup is consistent, such as `1/5000060`. */
  readonly endsAt: string;
  /** Of the database. */
  readonly bytes: number;
  /** Added to the repository, compressed and encrypted. */
  readonly storedBytes: number;
};

type Info = {
  /** Of each repository, the folders of its archive. */
  readonly archive: readonly {
    readonly id: string;
    readonly database: { readonly 'repo-key': number };
  }[];
  readonly backup: readonly {
    readonly label: string;
    readonly type: Backup['type'];
    /** The first segment of the backup's log; its name begins with the timeline. */
    readonly archive: { readonly start: string };
    readonly lsn: { readonly stop: string };
    readonly database: { readonly 'repo-key': number };
    readonly info: { readonly size: number; readonly repository: { readonly delta: number } };
    readonly timestamp: { readonly start: number; readonly stop: number };
  }[];
};

const repositories = backupRepositories(backupPolicy);

/** pgBackRest's `--repo` of a repository. */
export function repositoryOption(name: RepositoryName): string {
  return `--repo=${repositories.find((repository) => repository.name === name)?.number}`;
}

/** What pgBackRest knows of its repositories; of a lost one nothing. */
export async function readInfo(layout: BackupLayout): Promise<readonly Info[]> {
  // pgBackRest gives this shape from 2.36 on.
  return JSON.parse(await runPgBackRest(layout, ['info', '--output=json'])) as readonly Info[];
}

/** Every backup of every repository, oldest first. */
export async function listBackups(layout: BackupLayout): Promise<readonly Backup[]> {
  const stanzas = await readInfo(layout);
  return stanzas
    .flatMap(({ backup }) => backup)
    .map(({ label, type, archive, lsn, database, info, timestamp }) => ({
      label,
      // The configuration names no other repository.
      repository: repositories.find(({ number }) => number === database['repo-key'])
        ?.name as RepositoryName,
      type,
      startedAt: new Date(timestamp.start * 1000),
      finishedAt: new Date(timestamp.stop * 1000),
      timeline: Number.parseInt(archive.start.slice(0, 8), 16),
      endsAt: lsn.stop,
      bytes: info.size,
      storedBytes: info.repository.delta,
    }))
    .toSorted((left, right) => left.finishedAt.getTime() - right.finishedAt.getTime());
}
