import { benchFlows } from './bench-flows.ts';
import { crashAndResume, type CrashResult } from './crash-resume.ts';
import { databaseUrlOf } from './flow-times.ts';
import { judgeCrash, judgeGrowth, judgeLoad, type Judgement } from './judge-platform.ts';
import type { Rates } from './load-orders.ts';
import { measureGrowth, type GrowthRounds } from './measure-growth.ts';
import { measureFloor, measureLoad, type MeasuredLoad } from './measure-load.ts';
import type { PlatformStack } from './platform-stack.ts';
import { withVariable } from './platform-stack.ts';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { prepareAgency, type PreparedAgency } from './prepare-agency.ts';
import { figuresOf, type ProcessFigures } from './process-figures.ts';
import type { LoadReport } from './run-load.ts';
import { urlOf } from '../local-agency.ts';

export type PlatformReport = Rates & {
  readonly passed: boolean;
  readonly judgements: readonly Judgement[];
  readonly load: Omit<MeasuredLoad, 'samples'>;
  readonly floor: { readonly webhooks: LoadReport; readonly api: LoadReport };
  /** p95 of the platform for each millisecond of the floor's. */
  readonly ratios: { readonly webhooks: number; readonly api: number };
  readonly crash: CrashResult;
  readonly processes: readonly ProcessFigures[];
};

const floorSecondsMax = 10;
const hangingExecutions = 10;

/** One key asks for everybody here: its limit is the load's rate with room to spare. Nothing else is changed. */
export function raiseRateLimit(plan: LocalPlan, apiPerSecond: number): LocalPlan {
  const perMinute = Math.ceil(apiPerSecond * 60 * 2);
  return withVariable(plan, 'api-gateway', {
    API_GATEWAY_RATE_LIMIT_PER_MINUTE: String(perMinute),
  });
}

/** The agency that is measured, on a platform that runs. */
export async function prepareMeasurement(stack: PlatformStack): Promise<PreparedAgency> {
  const { plan, secrets, publicUrl } = stack;
  const stripeUrl = `${urlOf(plan, 'sandbox')}/stripe`;
  return prepareAgency({ plan, secrets, publicUrl, stripeUrl, invoices: 20, flows: benchFlows });
}

/** The floor, the load, then a crash; everything judged by the figures the platform holds itself to. */
export async function measurePlatform(
  stack: PlatformStack,
  rates: Rates & GrowthRounds,
  tell: (line: string) => void,
): Promise<PlatformReport> {
  const agency = await prepareMeasurement(stack);
  const floorSeconds = Math.min(floorSecondsMax, rates.seconds);
  tell(`Floor: the same load on a server that does nothing, ${floorSeconds} s`);
  const floor = await measureFloor(agency, { ...rates, warmUpSeconds: 1, seconds: floorSeconds });
  tell(`Load: ${rates.warmUpSeconds} s to warm up, then ${rates.seconds} s`);
  const { samples, ...load } = await measureLoad(stack, agency, rates);
  tell(`Growth: at rest, and after ${rates.rounds} times ${rates.roundSeconds} s of the same load`);
  const resting = await measureGrowth(stack, agency, rates);
  tell('Crash: the worker is killed while executions hang in a step');
  const crash = await crashAndResume({
    state: stack.state,
    origin: stack.origin,
    sandboxUrl: urlOf(stack.plan, 'sandbox'),
    databaseUrl: databaseUrlOf(stack.plan, stack.secrets),
    tenantId: agency.tenantId,
    target: agency.mix.targets.retell,
    executions: hangingExecutions,
  });
  const processes = figuresOf(samples, load.requests, resting);
  const judgements = [
    ...judgeLoad(load, rates.seconds),
    ...judgeCrash(crash),
    ...judgeGrowth(processes),
  ];
  const { webhooksPerSecond, apiPerSecond, warmUpSeconds, seconds } = rates;
  return {
    webhooksPerSecond,
    apiPerSecond,
    warmUpSeconds,
    seconds,
    passed: judgements.every(({ met }) => met),
    judgements,
    load,
    floor,
    ratios: {
      webhooks: load.webhooks.p95Ms / floor.webhooks.p95Ms,
      api: load.api.p95Ms / floor.api.p95Ms,
    },
    crash,
    processes,
  };
}
