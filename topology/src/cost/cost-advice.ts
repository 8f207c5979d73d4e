import { cloudSizing } from '../environments/cloud-sizing.ts';
import type { CloudTarget, Environment, Platform } from '../model/index.ts';
import { environmentCost, priceOf, type CostLine } from './environment-cost.ts';
import { hoursPerMonth, priceTables } from './price-table.ts';

/** One way to pay less, with what it saves a month and what it binds to. */
export type CostAdvice = {
  readonly environment: Environment['name'];
  readonly advice: string;
  readonly savesMonthlyUsd: number;
  readonly binds: string;
};

const daysOpen = 5;
const hoursOfWeek = 7 * 24;

/** Share of the week in which people work. */
export function shareOpen({ businessHours: { from, until } }: Environment): number {
  const hours = (time: string) => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60;
  return (daysOpen * (hours(until) - hours(from))) / hoursOfWeek;
}

function sumOf(lines: readonly CostLine[], item: RegExp): number {
  return lines
    .filter((line) => item.test(line.item))
    .reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
}

/** Every node a pool may have beyond its minimum, all month long. */
function growthMonth(environment: Environment, cloud: CloudTarget['kind']): number {
  const { machineHour } = priceTables[cloud];
  return Object.values(cloudSizing(environment, cloud).nodePools).reduce(
    (sum, { machine, nodesMin, nodesMax }) =>
      sum + (nodesMax - nodesMin) * priceOf(machineHour, machine.type) * hoursPerMonth,
    0,
  );
}

/** Commitments for what always runs, and rest for what need not. */
export function costAdvice(
  platform: Platform,
  environment: Environment,
  cloud: CloudTarget['kind'],
): CostAdvice[] {
  const lines = environmentCost(platform, environment, cloud);
  if (lines.length === 0) return [];
  const { commitment } = priceTables[cloud];
  const of = (advice: string, savesMonthlyUsd: number, binds: string) => ({
    environment: environment.name,
    advice,
    savesMonthlyUsd,
    binds,
  });
  if (environment.idle === 'always on') {
    return [
      of(
        'Commit to the database instance for one year',
        sumOf(lines, /^PostgreSQL$/) * commitment.postgres,
        'one year',
      ),
      of(
        "Commit to the node pools' minimum for one year",
        sumOf(lines, /^nodes of /) * commitment.nodes,
        'one year; what autoscaling adds stays on demand',
      ),
    ];
  }
  const closed = 1 - shareOpen(environment);
  const open = `${Math.round(shareOpen(environment) * 100)} % of the week`;
  return [
    of(
      `Rest at the minimum outside business hours (${open} is open): at most`,
      growthMonth(environment, cloud) * closed,
      'nothing: it is on, by the schedule in topology/src/environments',
    ),
    of(
      'Switch the nodes off outside business hours as well',
      sumOf(lines, /^nodes of /) * closed,
      'no releases to it at night',
    ),
  ];
}
