import { repositoryRoot } from '@maxai/ops/platform/environment';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeVerdict } from './judge-run.ts';
import { allVictims, chaosProcesses, runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '25' },
    rate: { type: 'string', default: '500' },
    drain: { type: 'string', default: '75' },
    port: { type: 'string', default: '22080' },
    json: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'maxai-chaos-'));
// Postgres runs under another account when root runs this.
chmodSync(folder, 0o711);
const env = { ...process.env, MAXAI_STATE: folder, MAXAI_PORT: values.port };

function maxai(...args: readonly string[]): void {
  const main = join(repositoryRoot, 'ops/src/main.ts');
  const { status } = spawnSync(process.execPath, [main, ...args], {
    cwd: repositoryRoot,
    env,
    stdio: values.json ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  });
  if (status !== 0) throw new Error(`maxai ${args.join(' ')} ended with ${status}`);
}

try {
  maxai('up', '--detach', '--only', chaosProcesses.join(','));
  const verdict = await runChaos(env, {
    seconds: Number(values.seconds),
    rate: Number(values.rate),
    drainSeconds: Number(values.drain),
    victims: allVictims,
  });
  console.log(JSON.stringify(verdict, undefined, values.json ? 2 : 0));
  if (!values.json) console.log(`\n${describeVerdict(verdict)}`);
  process.exitCode = verdict.passed ? 0 : 1;
} finally {
  maxai('down');
  rmSync(folder, { recursive: true, force: true });
}
