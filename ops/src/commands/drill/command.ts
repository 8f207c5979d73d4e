import { disasters, type DisasterName } from '@maxai/topology/recovery';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { createInterface } from 'node:readline/promises';
import { runBreach } from '../../recovery/breach/security-breach.ts';
import { claimDrill, type DrillFolder } from '../../recovery/drill/drill-claim.ts';
import { reportDetail, reportTable, type DrillReport } from '../../recovery/drill/drill-report.ts';
import { runDrill, type DrillOptions } from '../../recovery/drill/run-drill.ts';
import { CommandError } from '../../supervisor/command-error.ts';

type Options = {
  readonly port: number;
  readonly rate: number;
  readonly yes?: true;
  readonly json?: true;
};

type Terminal = {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
};

const interrupted = 130;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new InvalidArgumentError('It must be a whole number above zero.');
  }
  return value;
}

/** Asks the operator; with `--yes` the answer is known, and without a terminal there is nobody to ask. */
export function decider(
  yes: boolean,
  { input, output }: Terminal,
): (question: string) => Promise<void> {
  return async (question) => {
    if (yes) return;
    if (input.isTTY !== true) {
      throw new CommandError(`${question} Nobody is there to decide it.`, 'run it with --yes');
    }
    const terminal = createInterface({ input, output });
    const answer = await terminal.question(`${question} Type yes: `);
    terminal.close();
    if (answer.trim() === 'yes') return;
    throw new CommandError('The drill was stopped: it was decided against.', 'run it again');
  };
}

/** Clears the folder when the drill is interrupted, so that nothing of it runs on. */
function onInterrupt(folder: DrillFolder): () => void {
  const stop = () => {
    console.error('Interrupted: ending everything the drill started');
    void folder.clear().finally(() => process.exit(interrupted));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}

type RunOne = (
  name: DisasterName,
  port: number,
  options: Omit<DrillOptions, 'folder' | 'port'>,
) => Promise<DrillReport>;

const runOne: RunOne = async (name, port, options) => {
  const folder = await claimDrill(port);
  const release = onInterrupt(folder);
  try {
    const given = { ...options, folder, port };
    return name === 'security-breach' ? await runBreach(given) : await runDrill(name, given);
  } finally {
    await folder.clear();
    release();
  }
};

async function run(
  names: readonly DisasterName[],
  options: Options,
  runDisaster: RunOne,
): Promise<void> {
  const { port, rate, yes, json } = options;
  const reports: DrillReport[] = [];
  for (const name of names) {
    console.error(`\n${name}`);
    const report = await runDisaster(name, port, {
      perSecond: rate,
      report: (line) => console.error(line),
      decide: decider(yes === true, { input: process.stdin, output: process.stdout }),
    });
    reports.push(report);
    if (json !== true) console.log(`\n${reportDetail(report)}`);
  }
  console.log(json === true ? JSON.stringify(reports, undefined, 2) : `\n${reportTable(reports)}`);
  process.exitCode = reports.every(({ passed }) => passed) ? 0 : 1;
}

/** `runDisaster` breaks and recovers for real unless a caller brings its own. */
export function drillCommand(runDisaster: RunOne = runOne): Command {
  const names = disasters.map(({ name }) => name);
  const drill = new Command('drill').description('break a copy of the platform and recover it');
  drill
    .command('list')
    .description('the disasters, and what recovers from each')
    .action(() => {
      for (const { name, happens, recovery } of disasters) {
        console.log(`${name}\n  ${happens}.\n  ${recovery}.`);
      }
    });
  drill
    .command('run')
    .description('break, recover, measure')
    .addArgument(new Argument('<disaster>', 'which one').choices([...names, 'all']))
    .option(
      '--port <port>',
      'of the copy; the second site takes the one 1000 above',
      positive,
      23_080,
    )
    .option('--rate <webhooks>', 'webhooks a second', positive, 10)
    .option('--yes', 'decide what an operator would have to decide')
    .option('--json', 'for programs')
    .action((name: DisasterName | 'all', options: Options) =>
      run(name === 'all' ? names : [name], options, runDisaster),
    );
  return drill;
}
