import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { repositoryRoot } from '../../platform/environment.ts';
import { runCommand } from '../../platform/run-command.ts';
import { writeComposeSecrets } from './write-secrets.ts';

const program = new Command('maxai compose').description('The platform under Docker Compose.');

program
  .command('secrets')
  .description('make the secrets of every container, once, in a folder only you can enter')
  .addOption(new Option('--with <option>', 'connect through PgBouncer').choices(['pgbouncer']))
  .action((options: { readonly with?: 'pgbouncer' }) => {
    const folder = resolve(
      repositoryRoot,
      process.env['MAXAI_COMPOSE_SECRETS'] ?? '.maxai/compose',
    );
    const count = writeComposeSecrets(folder, options.with === 'pgbouncer');
    console.log(`${count} secrets are in ${folder}.`);
    const profile = options.with === undefined ? '' : ` --profile ${options.with}`;
    console.log(
      `Start: docker compose -f topology/rendered/development/compose.yaml${profile} up --wait`,
    );
  });

await runCommand(program);
