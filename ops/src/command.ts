import { Command } from 'commander';
import { runNode } from './platform/run-node.ts';

/** Commands that are programs of their own and read their arguments themselves. */
const programs = [
  ['demo', 'ops/src/commands/demo/main.ts', 'the demo agency: run, seed, credentials'],
  ['e2e', 'e2e/src/main.ts', 'the story in a real browser, against the running platform'],
  ['bench', 'bench/src/main.ts', 'measurements beside their floor, for example: bench -- ingress'],
  ['chaos', 'e2e/src/chaos/main.ts', 'kill processes under load and count what was lost'],
  ['contracts', 'ops/src/commands/contracts/main.ts', 'what services promise: check, release'],
  ['smoke', 'ops/src/commands/smoke/main.ts', 'ask a running platform what its users would: <url>'],
  [
    'pipeline',
    'ops/src/commands/pipeline/main.ts',
    'a release on its way: approve, verify-approval',
  ],
  ['schemas', 'ops/src/commands/schemas/main.ts', 'published schemas against their meta-schemas'],
  ['db', 'ops/src/commands/db/main.ts', 'gates of the migrations: db check'],
  ['topology', 'ops/src/commands/topology/main.ts', 'the deployment: render, check, diff, explain'],
  ['images', 'ops/src/commands/images/main.ts', 'container images: build, test, push'],
  [
    'release',
    'ops/src/commands/release/main.ts',
    'new versions: start, status, promote, abort, rollback, rehearse',
  ],
  ['cost', 'ops/src/commands/cost/main.ts', 'what the platform costs: report, simulate, advise'],
  ['traces', 'ops/src/commands/traces/main.ts', 'which traces are kept: audit'],
  ['backup', 'ops/src/commands/backup/main.ts', 'backups: create, list, verify'],
  ['restore', 'ops/src/commands/restore/main.ts', 'put the database back: --to <moment>'],
  ['drill', 'ops/src/commands/drill/main.ts', 'break a copy of the platform and time its recovery'],
  ['kind', 'ops/src/commands/kind/main.ts', 'the platform in a Kind cluster: secrets'],
  ['compose', 'ops/src/commands/compose/main.ts', 'the platform under Docker Compose: secrets'],
] as const;

const exitWith = (code: number) => process.exit(code);

/** `maxai`: everything there is to call, one program a noun beside the commands of the running platform. */
export function maxaiCommand(): Command {
  const program = new Command('maxai')
    .description('Runs and tests the MaxAI Platform on this machine.')
    .enablePositionalOptions();

  program
    .command('up')
    .description('start everything and stay until Ctrl-C')
    .option('-d, --detach', 'return once it is ready; it goes on in the background')
    .option('--only <names>', 'only these processes and what they need, with commas', (text) =>
      text.split(','),
    )
    .option('--with <parts>', 'and these, with commas: backups, n8n, observability', (text) =>
      text.split(','),
    )
    .action(async (options) => {
      const { up } = await import('./commands/platform/up.ts');
      exitWith(await up(options));
    });
  program
    .command('down')
    .description('stop everything')
    .action(async () => {
      const { down } = await import('./commands/platform/down.ts');
      await down();
    });
  program
    .command('status')
    .description('what runs, with its health and memory')
    .option('--json', 'for programs')
    .action(async (options) => {
      const { reportStatus } = await import('./commands/platform/status.ts');
      await reportStatus(options);
    });
  program
    .command('logs <process>')
    .description('the end of a log')
    .option('-f, --follow', 'and what is added to it')
    .action(async (name, options) => {
      const { logs } = await import('./commands/platform/logs.ts');
      await logs(name, options);
    });
  program
    .command('restart <process>')
    .description('end one process and wait until it is back')
    .action(async (name) => {
      const { restart } = await import('./commands/platform/restart.ts');
      await restart(name);
    });
  program
    .command('reset')
    .description('stop everything and delete all data')
    .option('--yes', 'without asking')
    .action(async (options) => {
      const { reset } = await import('./commands/platform/reset.ts');
      await reset(options);
    });
  program
    .command('test')
    .description('every check and every test')
    .action(async () => {
      const { test } = await import('./commands/test/run.ts');
      exitWith(await test());
    });
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
  return program;
}
