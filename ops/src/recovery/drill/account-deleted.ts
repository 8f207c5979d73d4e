import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backupLayout } from '../backup-layout.ts';
import { restorePlatform } from '../restore-platform.ts';
import { openNewestSecrets, readRecoveryKeys, recoveryKeyName } from '../secrets-backup.ts';
import type { Scenario } from './scenario.ts';

/** Lays the newest sealed secrets, opened, into a folder that a platform will run from. */
export function bringSecrets(given: {
  readonly folder: string;
  readonly separateStorage: string;
  readonly recoveryKeyFile: string;
}): void {
  const { folder, separateStorage, recoveryKeyFile } = given;
  const keys = readRecoveryKeys(recoveryKeyFile);
  const secrets = openNewestSecrets({ separateStorage }, keys);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  cpSync(recoveryKeyFile, join(folder, recoveryKeyName));
}

export const accountDeleted: Scenario = async (context) => {
  const { primary, load, ledger, note, decide } = context;
  const { data, folder } = backupLayout(primary.state);
  const struckAtMs = Date.now();
  await primary.cutPower();
  for (const path of [data, folder, primary.state.path]) {
    rmSync(path, { recursive: true, force: true });
  }
  note('The account is gone: servers, database, primary repository, secrets');
  await decide('Rebuild the platform elsewhere from the separate storage?');
  const other = context.prepareOther('rebuilt');
  note('Secrets are opened from their sealed copy');
  await restorePlatform({
    ...other,
    target: { kind: 'latest' },
    repository: 'separate',
    now: new Date(),
    report: note,
  });
  await other.start();
  note('The services and the edge run elsewhere');
  load.sendTo(other.origin);
  ledger.sendTo(other);
  return { struckAtMs, survivor: other };
};
