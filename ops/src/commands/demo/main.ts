import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { stateFolderOf } from '../../platform/environment.ts';
import { describeError } from '../../supervisor/command-error.ts';
import { describeCredentials, formatCredentials } from './credentials.ts';
import { reportDemo } from './report-demo.ts';
import { runDemo } from './run-demo.ts';
import { runningDemo } from './running-demo.ts';

const hopLimitMs = 30_000;
const print = (line: string) => console.log(line);
const program = new Command('maxai demo').description('the demo agency of the running platform');

program
  .command('run')
  .description('signed webhooks through every service, one line a hop')
  .option('--json', 'for programs')
  .action(async ({ json = false }: { json?: boolean }) => {
    const demo = runningDemo(stateFolderOf(process.env));
    process.exitCode = await reportDemo({ json, print }, (tell) =>
      runDemo({ ...demo, limitMs: hopLimitMs, tell }, randomBytes(6).toString('hex')),
    );
  });
program
  .command('credentials')
  .description('API key, webhook addresses with their secrets, and logins')
  .option('--json', 'for programs')
  .action(({ json = false }: { json?: boolean }) => {
    const { demo, url } = runningDemo(stateFolderOf(process.env));
    const credentials = describeCredentials(demo, url);
    print(json ? JSON.stringify(credentials, undefined, 2) : formatCredentials(credentials));
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exitCode = 1;
}
