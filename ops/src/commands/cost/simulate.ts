import { perMonth, simulateTraffic, type Simulation } from '@maxai/topology/cost/simulate-traffic';
import { readTrace } from '@maxai/topology/cost/traffic-trace';
import { platform } from '@maxai/topology/platform';
import { existsSync, readFileSync } from 'node:fs';
import { CommandError } from '../../supervisor/command-error.ts';
import { dollars, formatTable } from '../../terminal/format-table.ts';
import { cloudsOf, environmentsOf } from './cost-options.ts';

type Options = {
  readonly trace: string;
  readonly environment?: string;
  readonly cloud?: string;
  readonly json?: true;
};

export type NamedSimulation = Simulation & { readonly environment: string; readonly cloud: string };

/** Runs a trace on the environments and clouds asked for; production on both when none is named. */
export function simulate(options: Options): NamedSimulation[] {
  if (!existsSync(options.trace)) {
    throw new CommandError(
      `There is no trace ${options.trace}.`,
      'Give --trace a file of lines minute,service,requests_per_second; docs/traces has one.',
    );
  }
  const trace = readTrace(readFileSync(options.trace, 'utf8'), platform);
  return environmentsOf(options.environment ?? 'production').flatMap((environment) =>
    cloudsOf(options.cloud).map((cloud) => ({
      environment: environment.name,
      cloud,
      ...simulateTraffic(platform, environment, cloud, trace),
    })),
  );
}

export function formatSimulation(simulation: NamedSimulation): string {
  const { environment, cloud, minutes, usd, keptUsd, services, pools } = simulation;
  const hours = (of: number) => (of / 60).toFixed(1);
  return [
    `${environment} on ${cloud}: ${(minutes / 60).toFixed(1)} h cost ${dollars(usd)} in nodes (${dollars(perMonth(simulation))} a month), of it ${dollars(keptUsd)} for old versions kept after a release`,
    formatTable(
      ['service', 'pods at most', 'pod hours', 'kept pod hours', 'minutes beyond the objective'],
      services.map((one) => [
        one.service,
        one.podsMax,
        hours(one.podMinutes),
        hours(one.keptPodMinutes),
        one.breachMinutes,
      ]),
    ),
    formatTable(
      ['pool', 'nodes at most', 'node hours', 'cost', 'minutes without room'],
      pools.map((one) => [
        one.pool,
        one.nodesMax,
        one.nodeHours.toFixed(1),
        dollars(one.usd),
        one.fullMinutes,
      ]),
    ),
  ].join('\n\n');
}

export function reportSimulation(options: Options): void {
  const simulations = simulate(options);
  console.log(
    options.json === true
      ? JSON.stringify(simulations, undefined, 2)
      : simulations.map(formatSimulation).join('\n\n\n'),
  );
}
