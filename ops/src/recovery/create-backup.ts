import { CommandError } from '../supervisor/command-error.ts';
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
  const made = (await listBackups(layout)).findLast(
    ({ repository }) => repository === wanted.repository,
  );
  if (made === undefined) {
    throw new CommandError(
      `The backup in the ${wanted.repository} repository was made and is not there.`,
      'look whether something else empties the repository',
    );
  }
  return { backup: made, secretsCopy: backUpSecrets(state, settings, given.now) };
}
