import { Command } from 'commander';
import { down } from './commands/platform/down.ts';
import { logs } from './commands/platform/logs.ts';
import { reset } from './commands/platform/reset.ts';
import { restart } from './commands/platform/restart.ts';
import { reportStatus } from './commands/platform/status.ts';
import { up } from './commands/platform/up.ts';
import { test } from './commands/test/run.ts';
import { runNode } from './platform/run-node.ts';
import { describeError } from './supervisor/command-error.ts';

/** Commands that are programs of their own and read their arguments themselves. */
const programs = [
  ['demo', 'ops/src/commands/demo/main.ts', 'the demo agency: run, seed, credentials'],
  ['e2e', 'e2e/src/main.ts', 'the story in a real browser, against the running platform'],
  ['bench', 'bench/src/main.ts', 'measurements beside their floor, for example: bench -- ingress'],
  ['chaos', 'e2e/src/chaos/main.ts', 'kill processes under load and count what was lost'],
  ['contracts', 'ops/src/commands/contracts/main.ts', 'what services promise: check, release'],
  ['db', 'ops/src/commands/db/main.ts', 'gates of the migrations: db check'],
  ['topology', 'ops/src/commands/topology/main.ts', 'the deployment: render, check, diff, explain'],
  ['images', 'ops/src/commands/images/main.ts', 'container images: build, test, push'],
  ['compose', 'ops/src/commands/compose/main.ts', 'the platform under Docker Compose: secrets'],
] as const;

const program = new Command('maxai')
  .description('Runs and tests the MaxAI Platform on this machine.')
  .enablePositionalOptions();

const exitWith = (code: number) => process.exit(code);

program
  .command('up')
  .description('start everything and stay until Ctrl-C')
  .option('-d, --detach', 'return once it is ready; it goes on in the background')
  .option('--only <names>', 'only these processes and what they need, with commas', (text) =>
    text.split(','),
  )
  .action(async (options) => exitWith(await up(options)));
program.command('down').description('stop everything').action(down);
program
  .command('status')
  .description('what runs, with its health and memory')
  .option('--json', 'for programs')
  .action(reportStatus);
program
  .command('logs <process>')
  .description('the end of a log')
  .option('-f, --follow', 'and what is added to it')
  .action((name, options) => logs(name, options));
program
  .command('restart <process>')
  .description('end one process and wait until it is back')
  .action(restart);
program
  .command('reset')
  .description('stop everything and delete all data')
  .option('--yes', 'without asking')
  .action((options) => reset(options));
program
  .command('test')
  .description('every check and every test')
  .action(async () => exitWith(await test()));
for (const [name, entry, description] of programs) {
  program
    .command(name)
    .description(description)
    .argument('[arguments...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (args: string[]) => exitWith(await runNode(entry, args)));
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exit(1);
}
