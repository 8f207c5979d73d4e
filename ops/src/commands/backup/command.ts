import { backupPolicy, backupRepositories, type RepositoryName } from '@maxai/topology/recovery';
import { Command, Option } from 'commander';
import { stateFolderOf } from '../../platform/environment.ts';
import { createBackup } from '../../recovery/create-backup.ts';
import { backupLayout, readBackupSettings } from '../../recovery/backup-layout.ts';
import type { BackupToMake } from '../../recovery/due-backups.ts';
import { listBackups } from '../../recovery/list-backups.ts';
import { platformOfState } from '../../recovery/platform-of-state.ts';
import { listSecretsCopies } from '../../recovery/secrets-backup.ts';
import { verifyBackups } from '../../recovery/verify-backups.ts';
import { backupTable, verificationText } from './report.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Json = { readonly json?: true };

/** `--repository`, with the names the topology gives. */
export function repositoryChoice(): Option {
  return new Option('--repository <name>', 'which repository').choices(
    backupRepositories(backupPolicy).map(({ name }) => name),
  );
}

async function create(
  env: Environment,
  options: Json & { readonly type: BackupToMake['type']; readonly repository: RepositoryName },
): Promise<void> {
  const state = stateFolderOf(env);
  const { plan, secrets } = platformOfState(env, state);
  const password = String(secrets[plan.postgres.adminPasswordSecret]);
  const made = await createBackup(state, options, { password, now: new Date() });
  console.log(
    options.json === true
      ? JSON.stringify(made, undefined, 2)
      : `${backupTable([made.backup])}\nSecrets sealed in ${made.secretsCopy}`,
  );
}

async function list(env: Environment, { json }: Json): Promise<void> {
  const layout = backupLayout(stateFolderOf(env));
  const settings = readBackupSettings(layout);
  const backups = await listBackups(layout);
  const secrets = listSecretsCopies(settings);
  console.log(
    json === true
      ? JSON.stringify({ backups, secrets }, undefined, 2)
      : `${backupTable(backups)}\n\nSealed copies of the secrets: ${secrets.length}`,
  );
}

async function verify(env: Environment, { json }: Json): Promise<void> {
  const verification = await verifyBackups(stateFolderOf(env));
  console.log(
    json === true ? JSON.stringify(verification, undefined, 2) : verificationText(verification),
  );
  process.exitCode = verification.damage.length === 0 ? 0 : 1;
}

export function backupCommand(env: Environment = process.env): Command {
  const backup = new Command('backup').description('the backups of this platform');
  backup
    .command('create')
    .description('back the running database up and seal the secrets')
    .addOption(
      // Not a differential one: those are counted, and out of turn they would push older log out.
      new Option('--type <type>', 'everything, or what changed since the last backup')
        .choices(['full', 'incr'])
        .default('incr'),
    )
    .addOption(repositoryChoice().default('primary'))
    .option('--json', 'for programs')
    .action((options) => create(env, options));
  backup
    .command('list')
    .description('every backup there is')
    .option('--json', 'for programs')
    .action((options) => list(env, options));
  backup
    .command('verify')
    .description('read every backup and archived segment and compare checksums')
    .option('--json', 'for programs')
    .action((options) => verify(env, options));
  return backup;
}
