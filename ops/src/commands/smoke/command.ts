import { Command, InvalidArgumentError } from 'commander';
import { setTimeout } from 'node:timers/promises';
import { keepAsking, parseTarget, type SmokeReport } from './run-smoke.ts';

const timeoutMs = 10_000;

function print({ url, checks }: SmokeReport): void {
  for (const { name, failure, durationMs } of checks) {
    if (failure === null) console.log(`ok    ${name} (${durationMs} ms)`);
    else console.error(`FAIL  ${name}: ${failure}`);
  }
  const failed = checks.filter(({ failure }) => failure !== null).length;
  console.log(`${url}: ${checks.length - failed} of ${checks.length} checks hold`);
}

function minutes(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0) return value;
  throw new InvalidArgumentError('give a number of minutes');
}

export function smokeCommand(env: NodeJS.ProcessEnv = process.env): Command {
  return new Command('smoke')
    .description('ask a running platform, wherever it is, what its users would notice first')
    .argument('<url>', 'its public URL; MAXAI_SMOKE_API_KEY makes it read a tenant too')
    .option('--json', 'for programs')
    .option(
      '--for-minutes <number>',
      'go on asking, every half minute, until one fails',
      minutes,
      0,
    )
    .action(async (url: string, options: { json?: true; forMinutes: number }) => {
      const target = parseTarget(url, env, timeoutMs);
      const report = await keepAsking(target, options.forMinutes, {
        now: Date.now,
        wait: (ms) => setTimeout(ms),
      });
      if (options.json === true) console.log(JSON.stringify(report, null, 2));
      else print(report);
      process.exitCode = report.passed ? 0 : 1;
    });
}
