import type { LocalPlan } from '../platform/local-plan.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { startBackupSchedule, type BackupSchedule } from './backup-schedule.ts';
import { backupLayout, backupsEnabled } from './backup-layout.ts';
import { createBackup } from './create-backup.ts';
import { listBackups } from './list-backups.ts';

const everyMs = 60_000;
const nothing: BackupSchedule = { stop: () => Promise.resolve() };

/** Makes the backups of a running platform in their turn; does nothing for one that keeps none. */
export function schedulePlatformBackups(given: {
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}): BackupSchedule {
  const { state, plan, secrets, report } = given;
  const layout = backupLayout(state);
  if (!backupsEnabled(layout)) return nothing;
  const password = String(secrets[plan.postgres.adminPasswordSecret]);
  const now = () => new Date();
  return startBackupSchedule({
    list: () => listBackups(layout),
    create: (wanted, signal) => createBackup(state, wanted, { password, now: now(), signal }),
    report,
    now,
    everyMs,
  });
}
