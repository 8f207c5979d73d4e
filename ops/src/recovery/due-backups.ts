import type { BackupRepository, BackupType, RepositoryName } from '@maxai/topology/recovery';
import type { Backup } from './list-backups.ts';

export type BackupToMake = { readonly repository: RepositoryName; readonly type: BackupType };

const dayMs = 86_400_000;
/** What a run may begin early, so that a daily backup does not move by its own duration each day. */
const toleranceMs = 60 * 60_000;

/** A full backup is a differential one as well; nothing replaces a full one. */
function counts(backup: Backup, type: BackupType): boolean {
  return backup.type === 'full' || backup.type === type;
}

/** The backups whose turn it is; of one repository only the greatest, which includes the others. */
export function dueBackups(
  repositories: readonly BackupRepository[],
  backups: readonly Backup[],
  now: Date,
): readonly BackupToMake[] {
  return repositories.flatMap(({ name, schedules }) => {
    const own = backups.filter(({ repository }) => repository === name);
    const due = schedules.find(({ type, everyDays }) => {
      const newestMs = Math.max(
        ...own.filter((it) => counts(it, type)).map(({ startedAt }) => startedAt.getTime()),
      );
      return now.getTime() - newestMs >= everyDays * dayMs - toleranceMs;
    });
    return due === undefined ? [] : [{ repository: name, type: due.type }];
  });
}
