import { backupPolicy } from '@maxai/topology/recovery';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../supervisor/command-error.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { sealedSecretsFolder, type BackupSettings } from './backup-layout.ts';
import { open, seal, type RecoveryKeys, type Sealed } from './seal.ts';

export type SecretsCopy = { readonly file: string; readonly sealedAt: Date };

const dayMs = 86_400_000;
export const recoveryKeyName = 'recovery-key.json';

/** The sealed copies of the secrets in the separate storage, oldest first. */
export function listSecretsCopies(
  settings: Pick<BackupSettings, 'separateStorage'>,
): readonly SecretsCopy[] {
  const folder = sealedSecretsFolder(settings);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => ({
      file: join(folder, name),
      sealedAt: new Date(name.replace('.json', '').replaceAll('_', ':')),
    }));
}

/** Secrets live as long as the oldest backup that one of them opens; the newest copy always stays. */
function dropOldCopies(settings: BackupSettings, now: Date): void {
  const oldestMs = now.getTime() - backupPolicy.weeklyRetentionDays * dayMs;
  for (const { file, sealedAt } of listSecretsCopies(settings).slice(0, -1)) {
    if (sealedAt.getTime() < oldestMs) rmSync(file);
  }
}

/** Seals the secrets of the state folder into the separate storage. Returns the copy's file. */
export function backUpSecrets(state: StateFolder, settings: BackupSettings, now: Date): string {
  const folder = sealedSecretsFolder(settings);
  const secrets = readFileSync(state.file('secrets.json'), 'utf8');
  const file = join(folder, `${now.toISOString().replaceAll(':', '_')}.json`);
  const sealed = JSON.stringify(seal(secrets, settings.recoveryPublicKey, now));
  writeFileSync(`${file}.new`, `${sealed}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  dropOldCopies(settings, now);
  return file;
}

export function readRecoveryKeys(file: string): RecoveryKeys {
  // Only enableBackups writes the file; whoever keeps it elsewhere brings it back unaltered.
  return JSON.parse(readFileSync(file, 'utf8')) as RecoveryKeys;
}

/** The secrets in a sealed copy. Throws a {@link CommandError} that names the copy when it does not open. */
export function openSecretsCopy(
  file: string,
  keys: RecoveryKeys,
): Readonly<Record<string, string>> {
  try {
    const sealed = JSON.parse(readFileSync(file, 'utf8')) as Sealed;
    return JSON.parse(open(sealed, keys)) as Record<string, string>;
  } catch (cause) {
    throw new CommandError(
      `The copy of the secrets ${file} does not open: it was altered, or sealed for another recovery key.`,
      'use an older copy beside it, or the recovery key of its time',
      { cause },
    );
  }
}

/** The secrets in the newest sealed copy. */
export function openNewestSecrets(
  settings: Pick<BackupSettings, 'separateStorage'>,
  keys: RecoveryKeys,
): Readonly<Record<string, string>> {
  const newest = listSecretsCopies(settings).at(-1);
  if (newest !== undefined) return openSecretsCopy(newest.file, keys);
  throw new CommandError(
    `${sealedSecretsFolder(settings)} holds no copy of the secrets.`,
    'name the storage that the platform backed up into: MAXAI_SEPARATE_STORAGE',
  );
}
