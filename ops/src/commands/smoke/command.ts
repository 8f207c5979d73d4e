import { Command } from 'commander';
import { parseTarget, runSmoke, type SmokeReport } from './run-smoke.ts';

const timeoutMs = 10_000;

function print({ url, checks }: SmokeReport): void {
  for (const { name, failure, durationMs } of checks) {
    if (failure === null) console.log(`ok    ${name} (${durationMs} ms)`);
    else console.error(`FAIL  ${name}: ${failure}`);
  }
  const failed = checks.filter(({ failure }) => failure !== null).length;
  console.log(`${url}: ${checks.length - failed} of ${checks.length} checks hold`);
}

export function smokeCommand(env: NodeJS.ProcessEnv = process.env): Command {
  return new Command('smoke')
    .description('ask a running platform, wherever it is, what its users would notice first')
    .argument('<url>', 'its public URL; MAXAI_SMOKE_API_KEY makes it read a tenant too')
    .option('--json', 'for programs')
    .action(async (url: string, options: { json?: true }) => {
      const report = await runSmoke(parseTarget(url, env, timeoutMs));
      if (options.json === true) console.log(JSON.stringify(report, null, 2));
      else print(report);
      process.exitCode = report.passed ? 0 : 1;
    });
}
