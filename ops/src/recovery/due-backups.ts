import type {
  BackupRepository,
  BackupSchedule,
  BackupType,
  RepositoryName,
} from '@maxai/topology/recovery';
import type { Backup } from './list-backups.ts';

export type BackupToMake = { readonly repository: RepositoryName; readonly type: Backup['type'] };

const dayMs = 86_400_000;

/** A full backup is a differential one as well; nothing replaces a full one. */
function counts(backup: Backup, type: BackupType): boolean {
  return backup.type === 'full' || backup.type === type;
}

/** Days, weeks and so on are counted in UTC, so that a backup does not move by its own duration each time. */
function turnOf(at: Date, { everyDays }: BackupSchedule): number {
  return Math.floor(at.getTime() / (everyDays * dayMs));
}

/** The backups whose turn it is; of one repository only the greatest, which includes the others. */
export function dueBackups(
  repositories: readonly BackupRepository[],
  backups: readonly Backup[],
  now: Date,
): readonly BackupToMake[] {
  return repositories.flatMap(({ name, schedules }) => {
    const own = backups.filter(({ repository }) => repository === name);
    const due = schedules.find((schedule) => {
      const made = own.filter((backup) => counts(backup, schedule.type));
      return made.every(({ startedAt }) => turnOf(startedAt, schedule) < turnOf(now, schedule));
    });
    return due === undefined ? [] : [{ repository: name, type: due.type }];
  });
}
