import { Command } from 'commander';
import { repositoryRoot } from '../../platform/environment.ts';
import { check } from './check.ts';
import { release } from './release.ts';

export function contractsCommand(root = repositoryRoot): Command {
  const contracts = new Command('contracts').description('what the services promise each other');
  contracts
    .command('check')
    .description('the documents against the last release, and every consumer against its providers')
    .action(async () => {
      process.exitCode = (await check(root)) === 0 ? 0 : 1;
    });
  contracts
    .command('release <version>')
    .description('record what is served and used as this release')
    .action((version: string) => release(root, version));
  return contracts;
}
