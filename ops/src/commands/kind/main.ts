import { Command } from 'commander';
import { developmentSecrets } from '@maxai/topology/development-plan';
import { localSecretStoreContent } from '@maxai/topology/local-secrets';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repositoryRoot } from '../../platform/environment.ts';
import { runCommand } from '../../platform/run-command.ts';
import { readOrMakeSecrets } from '../../supervisor/secrets-file.ts';

const program = new Command('maxai kind').description('The platform in a Kind cluster.');

program
  .command('secrets')
  .description(
    "make the cluster's secrets, once, and print them: maxai kind secrets | kubectl apply -f -",
  )
  .action(() => {
    const folder = resolve(repositoryRoot, process.env['MAXAI_KIND_SECRETS'] ?? '.maxai/kind');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const secrets = readOrMakeSecrets(join(folder, 'secrets.json'), developmentSecrets);
    console.log(JSON.stringify(localSecretStoreContent((name) => String(secrets[name]))));
  });

await runCommand(program);
