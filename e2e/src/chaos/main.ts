import { startPlatformStack } from '@maxai/bench/platform-stack';
import { describeError } from '@maxai/ops/supervisor/command-error';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaosPlan, victimsOf } from './chaos-plan.ts';
import { describeVerdict, type Verdict } from './judge-run.ts';
import { killInTurn } from './kill-in-turn.ts';
import { runNetwork } from './network/run-network.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    network: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '75' },
    'fault-seconds': { type: 'string', default: '8' },
    rate: { type: 'string' },
    drain: { type: 'string', default: '120' },
    port: { type: 'string', default: '22080' },
    json: { type: 'boolean', default: false },
  },
});

const tell = (line: string) => console.error(line);
const port = Number(values.port);
const drainSeconds = Number(values.drain);

async function kills(): Promise<Verdict> {
  const stack = await startPlatformStack({ port, name: 'chaos', change: chaosPlan, report: tell });
  const interrupt = () => void stack.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const seconds = Number(values.seconds);
    return await runChaos(stack, {
      seconds,
      rate: Number(values.rate ?? '500'),
      drainSeconds,
      disturb: () => killInTurn(stack.state, victimsOf(stack.plan), seconds),
    });
  } finally {
    await stack.close();
  }
}

try {
  const verdict = values.network
    ? await runNetwork({
        port,
        rate: Number(values.rate ?? '200'),
        eachSeconds: Number(values['fault-seconds']),
        drainSeconds,
        program: join(import.meta.dirname, 'network/inside/main.ts'),
      })
    : await kills();
  console.log(values.json ? JSON.stringify(verdict, undefined, 2) : describeVerdict(verdict));
  process.exitCode = verdict.passed ? 0 : 1;
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exitCode = 1;
}
