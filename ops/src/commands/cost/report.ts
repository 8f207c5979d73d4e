import { costAdvice, type CostAdvice } from '@maxai/topology/cost/cost-advice';
import { environmentCost, sumBy, type CostLine } from '@maxai/topology/cost/environment-cost';
import { priceTables } from '@maxai/topology/cost/price-table';
import { platform } from '@maxai/topology/platform';
import { dollars, formatTable } from '../../terminal/format-table.ts';
import { cloudsOf, environmentsOf, type Cloud } from './cost-options.ts';

export type CostReport = {
  readonly pricesAsOf: string;
  readonly lines: readonly CostLine[];
  readonly advice: readonly (CostAdvice & { readonly cloud: Cloud })[];
};

type Options = { readonly environment?: string; readonly cloud?: string; readonly json?: true };

/** What the environments cost at their least, and how to pay less. */
export function costReport(options: Options): CostReport {
  const clouds = cloudsOf(options.cloud);
  const each = environmentsOf(options.environment).flatMap((environment) =>
    clouds.map((cloud) => ({
      lines: environmentCost(platform, environment, cloud),
      advice: costAdvice(platform, environment, cloud).map((one) => ({ ...one, cloud })),
    })),
  );
  return {
    pricesAsOf: priceTables.gke.asOf,
    lines: each.flatMap(({ lines }) => lines),
    advice: each.flatMap(({ advice }) => advice),
  };
}

function section(lines: readonly CostLine[], label: Parameters<typeof sumBy>[1], heading: string) {
  const rows = sumBy(lines, label).map(({ name, monthlyUsd }) => [name, dollars(monthlyUsd)]);
  return formatTable([heading, 'a month'], rows);
}

/** The report as a person reads it: one block for each environment and cloud. */
export function formatCostReport({ pricesAsOf, lines, advice }: CostReport): string {
  const bills = new Map<string, CostLine[]>();
  for (const line of lines) {
    const key = `${line.environment} on ${line.cloud}`;
    bills.set(key, [...(bills.get(key) ?? []), line]);
  }
  const blocks = [...bills].map(([name, own]) => {
    const total = own.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
    const saving = advice
      .filter(({ environment, cloud }) => name === `${environment} on ${cloud}`)
      .map((one) => [one.advice, dollars(one.savesMonthlyUsd), one.binds]);
    return [
      `${name}: ${dollars(total)} a month at the least, before traffic`,
      section(own, 'item', 'item'),
      section(own, 'service', 'service'),
      section(own, 'costCentre', 'cost centre'),
      formatTable(['to pay less', 'saves a month', 'binds to'], saving),
    ].join('\n\n');
  });
  return [...blocks, `List prices as of ${pricesAsOf}, in US dollars.`].join('\n\n\n');
}

export function reportCost(options: Options): void {
  const report = costReport(options);
  console.log(
    options.json === true ? JSON.stringify(report, undefined, 2) : formatCostReport(report),
  );
}
