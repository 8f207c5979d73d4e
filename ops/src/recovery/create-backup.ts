import type { StateFolder } from '../supervisor/state-folder.ts';
import { backupLayout, readBackupSettings } from './backup-layout.ts';
import type { BackupToMake } from './due-backups.ts';
import { listBackups, repositoryOption, type Backup } from './list-backups.ts';
import { runPgBackRest } from './pgbackrest.ts';
import { backUpSecrets } from './secrets-backup.ts';

export type BackupMade = { readonly backup: Backup; readonly secretsCopy: string };

/** Takes one backup of the running database, drops what is past its retention, and seals the secrets beside it. */
export async function createBackup(
  state: StateFolder,
  wanted: BackupToMake,
  given: { readonly password: string; readonly now: Date; readonly signal?: AbortSignal },
): Promise<BackupMade> {
  const layout = backupLayout(state);
  const settings = readBackupSettings(layout);
  await runPgBackRest(
    layout,
    ['backup', `--type=${wanted.type}`, repositoryOption(wanted.repository)],
    given,
  );
  const all = await listBackups(layout);
  // The one that was just made is among them.
  const made = all.findLast(({ repository }) => repository === wanted.repository) as Backup;
  return { backup: made, secretsCopy: backUpSecrets(state, settings, given.now) };
}
