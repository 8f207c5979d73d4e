import { Command } from 'commander';
import { repositoryRoot } from '../../platform/environment.ts';
import { check, type CheckOptions } from './check.ts';

export function dbCommand(): Command {
  const db = new Command('db').description('the gates of the databases');
  db.command('check')
    .description('every migration against the rules of docs/decisions/0018')
    .option(
      '--compatibility <ref>',
      "also run the services' tests on the migrated schema, with the code of <ref> (or last-release) and with this code",
    )
    .option('--json', 'for programs')
    .action((options: CheckOptions) => {
      process.exitCode = check(repositoryRoot, options) === 0 ? 0 : 1;
    });
  return db;
}
