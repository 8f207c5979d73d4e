import { formatTable } from '@maxai/ops/terminal/format-table';
import { judgeLoad } from './judge-platform.ts';
import { figuresOf } from './process-figures.ts';
import type { Rates } from './load-orders.ts';
import type { MeasuredLoad } from './measure-load.ts';

export type LimitStep = {
  /** Of the rates that were asked for. */
  readonly percent: number;
  readonly webhooksPerSecond: number;
  readonly apiPerSecond: number;
  readonly webhookP95Ms: number;
  readonly apiP95Ms: number;
  readonly cores: number;
  /** What broke; empty when all held. */
  readonly missed: readonly string[];
};

export type LimitReport = {
  readonly steps: readonly LimitStep[];
  /** The last step at which everything held. */
  readonly heldPercent: number;
};

export type LimitOrder = {
  /** A hundred percent. */
  readonly rates: Rates;
  readonly percents: readonly number[];
  readonly measure: (rates: Rates) => Promise<MeasuredLoad>;
  readonly tell: (line: string) => void;
};

const warmUpSeconds = 3;

async function tryStep(
  rates: Rates,
  percent: number,
  measure: LimitOrder['measure'],
): Promise<LimitStep> {
  const scaled = {
    ...rates,
    webhooksPerSecond: Math.round((rates.webhooksPerSecond * percent) / 100),
    apiPerSecond: Math.round((rates.apiPerSecond * percent) / 100),
    warmUpSeconds,
  };
  const load = await measure(scaled);
  return {
    percent,
    webhooksPerSecond: scaled.webhooksPerSecond,
    apiPerSecond: scaled.apiPerSecond,
    webhookP95Ms: load.webhooks.p95Ms,
    apiP95Ms: load.api.p95Ms,
    cores: figuresOf(load.samples).reduce((sum, { cpuShare }) => sum + cpuShare, 0),
    missed: judgeLoad(load, rates.seconds)
      .filter(({ met }) => !met)
      .map(({ what }) => what),
  };
}

/** Raises both rates step by step until one figure is missed. */
export async function findLimit(order: LimitOrder): Promise<LimitReport> {
  const steps: LimitStep[] = [];
  for (const percent of order.percents) {
    const step = await tryStep(order.rates, percent, order.measure);
    steps.push(step);
    order.tell(`${percent} %: ${step.missed.join(', ') || 'held'}`);
    if (step.missed.length > 0) break;
  }
  const held = steps.findLast(({ missed }) => missed.length === 0);
  return { steps, heldPercent: held?.percent ?? 0 };
}

export function describeLimit({ steps, heldPercent }: LimitReport): string {
  const rows = steps.map((step) => [
    `${step.percent} %`,
    String(step.webhooksPerSecond),
    String(step.apiPerSecond),
    step.webhookP95Ms.toFixed(1),
    step.apiP95Ms.toFixed(1),
    step.cores.toFixed(2),
    step.missed.join(', ') || 'held',
  ]);
  const headings = ['', 'webhooks/s', 'API/s', 'ack p95 ms', 'API p95 ms', 'cores', ''];
  return [
    formatTable(headings, rows),
    '',
    heldPercent === 0
      ? 'Not even the first step held.'
      : `All figures held up to ${heldPercent} % of the rates asked for.`,
  ].join('\n');
}
