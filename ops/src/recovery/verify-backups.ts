import { backupPolicy, backupRepositories, type RepositoryName } from '@maxai/topology/recovery';
import { existsSync } from 'node:fs';
import { describeError } from '../supervisor/command-error.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { backupLayout, readBackupSettings, type BackupLayout } from './backup-layout.ts';
import { repositoryOption } from './list-backups.ts';
import { runPgBackRest } from './pgbackrest.ts';
import {
  listSecretsCopies,
  openSecretsCopy,
  readRecoveryKeys,
  recoveryKeyName,
} from './secrets-backup.ts';

export type Damage = { readonly where: RepositoryName | 'secrets'; readonly what: string };

export type Verification = {
  readonly filesChecked: number;
  readonly segmentsChecked: number;
  /** Whether the newest copy of the secrets was opened; that takes the recovery key. */
  readonly secrets: 'opened' | 'not opened: the recovery key is elsewhere' | 'none yet';
  readonly damage: readonly Damage[];
};

/** One line a file: `invalid checksum 'x'`, `file missing 'x'`, `invalid result x: …`. */
const damaged = /(?:invalid (?:checksum|size|result)|file missing|missing WAL).*$/gm;

function sum(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
}

/** What pgBackRest finds wrong in its report of one repository. */
export function damageIn(where: RepositoryName, output: string): Damage[] {
  const files = [...new Set(output.match(damaged))].map((what) => ({ where, what }));
  if (files.length > 0 || /^status: ok$/m.test(output)) return files;
  return [{ where, what: output.trim() }];
}

/** pgBackRest's report of one repository: every file of it read, and each damaged one named. */
export async function verifyRepository(
  layout: BackupLayout,
  name: RepositoryName,
): Promise<string> {
  return runPgBackRest(layout, [
    'verify',
    '--output=text',
    '--verbose',
    '--log-level-console=info',
    '--no-log-timestamp',
    repositoryOption(name),
  ]);
}

function verifySecrets(state: StateFolder): Pick<Verification, 'secrets' | 'damage'> {
  const newest = listSecretsCopies(readBackupSettings(backupLayout(state))).at(-1);
  if (newest === undefined) return { secrets: 'none yet', damage: [] };
  const keyFile = state.file(recoveryKeyName);
  if (!existsSync(keyFile)) {
    return { secrets: 'not opened: the recovery key is elsewhere', damage: [] };
  }
  try {
    openSecretsCopy(newest.file, readRecoveryKeys(keyFile));
    return { secrets: 'opened', damage: [] };
  } catch (error) {
    const what = describeError(error);
    return { secrets: 'opened', damage: [{ where: 'secrets', what }] };
  }
}

/** Reads every file of every backup and every archived segment, compares checksums, and opens the secrets. */
export async function verifyBackups(state: StateFolder): Promise<Verification> {
  const layout = backupLayout(state);
  readBackupSettings(layout);
  const reports = [];
  for (const { name } of backupRepositories(backupPolicy)) {
    reports.push({ name, output: await verifyRepository(layout, name) });
  }
  const outputs = reports.map(({ output }) => output).join('\n');
  const { secrets, damage } = verifySecrets(state);
  return {
    filesChecked: sum(outputs, /^ {2}backup: .*total files checked: (\d+)/gm),
    segmentsChecked: sum(outputs, /^ {2}archiveId: .*total WAL checked: (\d+)/gm),
    secrets,
    damage: [...reports.flatMap(({ name, output }) => damageIn(name, output)), ...damage],
  };
}
