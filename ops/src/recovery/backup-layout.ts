import { chownSync, existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { serverAccount, type ServerAccount } from '../local/postgres-binaries.ts';
import { rootsFolder } from '../local/postgres-installation.ts';
import { dataFolder } from '../local/postgres-server.ts';
import { socketFolderOf } from '../local/socket-folder.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';

export const stanza = 'maxai';

/** Where everything of the backups lies; all of it belongs to the account of the database server. */
export type BackupLayout = {
  readonly account: ServerAccount;
  readonly data: string;
  readonly folder: string;
  readonly configFile: string;
  /** pgBackRest reads every file in it; the keys of the repositories are one. */
  readonly includeFolder: string;
  readonly socketFolder: string;
  readonly primaryRepository: string;
  readonly settingsFile: string;
};

export type BackupSettings = {
  readonly port: number;
  /** Out of reach of what may befall the state folder: another disk, another account. */
  readonly separateStorage: string;
  /** Seals copies of the secrets; what opens them lies elsewhere. */
  readonly recoveryPublicKey: string;
};

export function backupLayout(state: StateFolder): BackupLayout {
  const account = serverAccount(userInfo().uid);
  const data = dataFolder(state.path, account, rootsFolder);
  const folder = join(dirname(data), 'postgres-backups');
  return {
    account,
    data,
    folder,
    configFile: join(folder, 'pgbackrest.conf'),
    includeFolder: join(folder, 'conf.d'),
    socketFolder: socketFolderOf(data),
    primaryRepository: join(folder, 'primary'),
    settingsFile: join(folder, 'settings.json'),
  };
}

/** Gives a path to the account of the database server, where that is another one. */
export function giveToServer({ account }: Pick<BackupLayout, 'account'>, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}

export function separateRepository({ separateStorage }: BackupSettings): string {
  return join(separateStorage, 'database');
}

export function sealedSecretsFolder({
  separateStorage,
}: Pick<BackupSettings, 'separateStorage'>): string {
  return join(separateStorage, 'secrets');
}

export function backupsEnabled(layout: BackupLayout): boolean {
  return existsSync(layout.settingsFile);
}

/** Throws a {@link CommandError} for a platform that keeps no backups. */
export function readBackupSettings(layout: BackupLayout): BackupSettings {
  if (!backupsEnabled(layout)) {
    throw new CommandError(
      'This platform keeps no backups.',
      'start it with npx maxai up --with backups, in a state folder of its own (MAXAI_STATE)',
    );
  }
  // Only enableBackups writes the file, as a whole.
  return JSON.parse(readFileSync(layout.settingsFile, 'utf8')) as BackupSettings;
}
