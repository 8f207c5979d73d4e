import { findLimit, type LimitReport } from './find-limit.ts';
import type { GrowthRounds } from './measure-growth.ts';
import { measureLoad } from './measure-load.ts';
import { startPlatformStack, withoutWebApps, type PlatformStack } from './platform-stack.ts';
import {
  measurePlatform,
  prepareMeasurement,
  raiseRateLimit,
  type PlatformReport,
} from './run-platform.ts';

export type LoadCommand = GrowthRounds & {
  readonly port: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly webhooksPerSecond: number;
  readonly apiPerSecond: number;
  readonly webApps: boolean;
  readonly tell: (line: string) => void;
};

/** Far more than any machine is likely to reach. */
const percentMax = 800;
const percents = Array.from({ length: percentMax / 20 }, (_, index) => (index + 1) * 20);

function requireRates(command: LoadCommand): void {
  for (const key of ['seconds', 'webhooksPerSecond', 'apiPerSecond'] as const) {
    if (command[key] > 0) continue;
    throw new RangeError(`${key} is ${command[key]}: give a number above 0`);
  }
}

/** Starts a platform of its own for one measurement; interrupted, it stops with everything it started. */
export async function withPlatform<Report>(
  command: LoadCommand,
  work: (stack: PlatformStack) => Promise<Report>,
): Promise<Report> {
  requireRates(command);
  command.tell(`Starting a platform of its own on port ${command.port}`);
  const most = (command.apiPerSecond * percentMax) / 100;
  const stack = await startPlatformStack({
    port: command.port,
    name: 'bench',
    change: (plan) => raiseRateLimit(command.webApps ? plan : withoutWebApps(plan), most),
    report: command.tell,
  });
  const interrupt = () => void stack.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(stack);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await stack.close();
  }
}

export function soak(command: LoadCommand): Promise<PlatformReport> {
  return withPlatform(command, (stack) => measurePlatform(stack, command, command.tell));
}

export function searchLimit(command: LoadCommand): Promise<LimitReport> {
  return withPlatform(command, async (stack) => {
    const agency = await prepareMeasurement(stack);
    const measure = measureLoad.bind(undefined, stack, agency);
    command.tell(`Warm-up: ${command.warmUpSeconds} s at up to half of the rates`);
    const half = {
      webhooksPerSecond: command.webhooksPerSecond / 2,
      apiPerSecond: command.apiPerSecond / 2,
    };
    await measure({ ...command, ...half, seconds: 5 });
    return findLimit({ rates: command, percents, measure, tell: command.tell });
  });
}
