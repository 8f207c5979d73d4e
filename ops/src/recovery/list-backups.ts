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
  /** Of the database. */
  readonly bytes: number;
  /** Added to the repository, compressed and encrypted. */
  readonly storedBytes: number;
};

type Info = {
  readonly backup: readonly {
    readonly label: string;
    readonly type: Backup['type'];
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

/** Every backup of every repository, oldest first. */
export async function listBackups(layout: BackupLayout): Promise<readonly Backup[]> {
  const output = await runPgBackRest(layout, ['info', '--output=json']);
  const stanzas = JSON.parse(output) as readonly Info[];
  return stanzas
    .flatMap(({ backup }) => backup)
    .map(({ label, type, database, info, timestamp }) => ({
      label,
      // The configuration names no other repository.
      repository: repositories.find(({ number }) => number === database['repo-key'])
        ?.name as RepositoryName,
      type,
      startedAt: new Date(timestamp.start * 1000),
      finishedAt: new Date(timestamp.stop * 1000),
      bytes: info.size,
      storedBytes: info.repository.delta,
    }))
    .toSorted((left, right) => left.finishedAt.getTime() - right.finishedAt.getTime());
}
