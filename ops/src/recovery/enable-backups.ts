import { backupPolicy, backupRepositories, recoverySecrets } from '@maxai/topology/recovery';
import { renderPgBackRest, renderRepositoryKeys } from '@maxai/topology/recovery-config';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canEnter } from '../local/postgres-binaries.ts';
import { debianPostgres } from '../local/postgres-installation.ts';
import { socketFolderPathMax, takesSockets } from '../local/socket-folder.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { readOrMakeSecrets } from '../supervisor/secrets-file.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import {
  backupLayout,
  giveToServer,
  sealedSecretsFolder,
  separateRepository,
  stanza,
  type BackupLayout,
  type BackupSettings,
} from './backup-layout.ts';
import { ensurePgBackRest } from './pgbackrest.ts';
import { makeRecoveryKeys } from './seal.ts';
import { readRecoveryKeys, recoveryKeyName } from './secrets-backup.ts';

function makeFolder(layout: BackupLayout, path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  giveToServer(layout, path);
}

function writePrivate(layout: BackupLayout, path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  giveToServer(layout, `${path}.new`);
  renameSync(`${path}.new`, path);
}

function requireUsable(layout: BackupLayout, separateStorage: string): void {
  const versionFile = join(layout.data, 'PG_VERSION');
  const found = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined;
  if (found !== undefined && Number(found) !== debianPostgres.majorVersion) {
    throw new CommandError(
      `The data of this platform is of PostgreSQL ${found}, which this machine's pgBackRest does not know.`,
      'npx maxai reset starts afresh, or choose another folder with MAXAI_STATE',
    );
  }
  if (!takesSockets(layout.socketFolder)) {
    throw new CommandError(
      `PostgreSQL takes no socket in ${layout.socketFolder}: at most ${socketFolderPathMax} bytes, no comma and no quote.`,
      'choose another folder with MAXAI_STATE',
    );
  }
  if (!canEnter(separateStorage, layout.account)) {
    throw new CommandError(
      `The account of the database server cannot enter ${separateStorage}.`,
      'let everybody pass through its parents (chmod o+x), or choose another MAXAI_SEPARATE_STORAGE',
    );
  }
}

/** Makes the recovery key once. It opens what the platform seals, so it belongs on another machine. */
function recoveryPublicKey(state: StateFolder): string {
  const file = state.file(recoveryKeyName);
  if (!existsSync(file)) {
    writeFileSync(file, JSON.stringify(makeRecoveryKeys()), { mode: 0o600 });
  }
  return readRecoveryKeys(file).publicKey;
}

/**
 * Has the platform of this state folder archive its write-ahead log and keep backups from its next start on.
 * Everything is written again each time, from the topology's policy and the secrets.
 */
export function enableBackups(
  state: StateFolder,
  options: { readonly port: number; readonly separateStorage: string | undefined },
): BackupSettings {
  ensurePgBackRest();
  debianPostgres.programs(undefined);
  const layout = backupLayout(state);
  makeFolder(layout, layout.folder);
  const separateStorage = resolve(options.separateStorage ?? join(layout.folder, 'separate'));
  mkdirSync(separateStorage, { recursive: true, mode: 0o711 });
  requireUsable(layout, separateStorage);
  const known = existsSync(layout.settingsFile)
    ? (JSON.parse(readFileSync(layout.settingsFile, 'utf8')) as BackupSettings)
    : undefined;
  const settings: BackupSettings = {
    port: options.port,
    separateStorage,
    recoveryPublicKey: known?.recoveryPublicKey ?? recoveryPublicKey(state),
  };
  const [logFolder, lockFolder, spoolFolder] = ['log', 'lock', 'spool'].map((name) =>
    join(layout.folder, name),
  ) as [string, string, string];
  const repositoryPaths = {
    primary: layout.primaryRepository,
    separate: separateRepository(settings),
  };
  for (const folder of [
    layout.includeFolder,
    layout.socketFolder,
    logFolder,
    lockFolder,
    spoolFolder,
    ...Object.values(repositoryPaths),
  ]) {
    makeFolder(layout, folder);
  }
  mkdirSync(sealedSecretsFolder(settings), { recursive: true, mode: 0o700 });
  const repositories = backupRepositories(backupPolicy);
  const secrets = readOrMakeSecrets(state.file('secrets.json'), recoverySecrets);
  const config = renderPgBackRest({
    stanza,
    repositories,
    repositoryPath: (name) => repositoryPaths[name],
    data: layout.data,
    socketFolder: layout.socketFolder,
    port: settings.port,
    logFolder,
    lockFolder,
    spoolFolder,
  });
  const keys = renderRepositoryKeys(repositories, (name) => String(secrets[`backup-${name}-key`]));
  writePrivate(layout, layout.configFile, config);
  writePrivate(layout, join(layout.includeFolder, 'keys.conf'), keys);
  writePrivate(layout, layout.settingsFile, JSON.stringify(settings, undefined, 2));
  chmodSync(layout.settingsFile, 0o644);
  return settings;
}
