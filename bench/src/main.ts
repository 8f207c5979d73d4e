import { stateFolderOf } from '@maxai/ops/platform/environment';
import { platformStatus } from '@maxai/ops/platform/platform-status';
import { platform } from '@maxai/topology/platform';
import { parseArgs } from 'node:util';
import { startIngressStack } from './ingress/ingress-stack.ts';
import { describeIngress, measureIngress } from './ingress/run-ingress.ts';
import { describeMemory, measureMemory } from './memory/measure-memory.ts';
import { searchLimit, soak } from './platform/command.ts';
import { describePlatform } from './platform/describe-platform.ts';
import { describeLimit } from './platform/find-limit.ts';
import { describeTopology, measureTopology } from './topology/run-topology.ts';

const usage = `npm run bench -- ingress [--json] [--seconds 5] [--rounds 5] [--concurrency 64] [--port 21080]
npm run bench -- platform [--json] [--seconds 600] [--webhooks-per-second 500] [--api-per-second 200] [--find-limit] [--without-web] [--port 26080]
npm run bench -- memory [--json]      of the platform that runs from MAXAI_STATE
npm run bench -- topology [--json] [--rounds 5] [--sizes 1,10,100]      of the services declared`;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        'webhooks-per-second': { type: 'string' },
        'api-per-second': { type: 'string' },
        'find-limit': { type: 'boolean', default: false },
        'without-web': { type: 'boolean', default: false },
        rounds: { type: 'string' },
        concurrency: { type: 'string' },
        port: { type: 'string' },
        sizes: { type: 'string', default: '1,10,100' },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

const { values, positionals } = readArguments();

function positive(name: string, given: string): number {
  const number = Number(given);
  return number > 0
    ? number
    : fail(`--${name} must be a positive number, not ${given}\n\n${usage}`);
}

/** An option's number; `fallback` when it was not given. */
function numberOf(
  name: Exclude<keyof typeof values, 'help' | 'json' | 'find-limit' | 'without-web'>,
  fallback: number,
): number {
  const given = values[name];
  return given === undefined ? fallback : positive(name, given);
}

function print(report: object, description: string): void {
  console.log(values.json ? JSON.stringify(report, undefined, 2) : description);
}

async function ingress(): Promise<void> {
  const options = {
    seconds: numberOf('seconds', 5),
    rounds: numberOf('rounds', 5),
    concurrency: numberOf('concurrency', 64),
  };
  const stack = await startIngressStack(numberOf('port', 21_080));
  try {
    const report = await measureIngress(stack, options);
    print(report, describeIngress(report));
  } finally {
    await stack.close();
  }
}

async function memory(): Promise<void> {
  const status = await platformStatus(stateFolderOf(process.env));
  if (status.state !== 'ready') throw new Error('MaxAI is not running: npx maxai up --detach');
  const report = measureMemory(status);
  print(report, describeMemory(report));
  process.exitCode = report.withinLimit ? 0 : 1;
}

/** Shorter runs say nothing of growth: what warms up grows. */
const growthFromSeconds = 300;

async function underLoad(): Promise<void> {
  const search = values['find-limit'];
  const seconds = numberOf('seconds', search ? 20 : 600);
  const command = {
    port: numberOf('port', 26_080),
    seconds,
    rounds: seconds < growthFromSeconds ? 0 : 2,
    roundSeconds: 120,
    // The services' pools keep a session for 30 s after its last use.
    restSeconds: 40,
    warmUpSeconds: 150,
    webhooksPerSecond: numberOf('webhooks-per-second', 500),
    apiPerSecond: numberOf('api-per-second', 200),
    webApps: !values['without-web'],
    tell: (line: string) => console.error(line),
  };
  if (search) {
    const report = await searchLimit(command);
    print(report, describeLimit(report));
    process.exitCode = report.heldPercent >= 100 ? 0 : 1;
  } else {
    const report = await soak(command);
    print(report, describePlatform(report));
    process.exitCode = report.passed ? 0 : 1;
  }
}

function topology(): void {
  const report = measureTopology(platform, {
    rounds: numberOf('rounds', 5),
    sizes: values.sizes.split(',').map((size) => positive('sizes', size)),
  });
  print(report, describeTopology(report));
  process.exitCode = report.withinLimit ? 0 : 1;
}

if (values.help) console.log(usage);
else if (positionals[0] === 'ingress') await ingress();
else if (positionals[0] === 'platform') await underLoad();
else if (positionals[0] === 'memory') await memory();
else if (positionals[0] === 'topology') topology();
else fail(usage);
