import { perMonth, simulateTraffic, type Simulation } from '@maxai/topology/cost/simulate-traffic';
import { readTrace, TraceError, type TrafficTrace } from '@maxai/topology/cost/traffic-trace';
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

function readTraceFile(file: string): TrafficTrace {
  if (!existsSync(file)) {
    throw new CommandError(
      `There is no trace ${file}.`,
      'Give --trace a file of lines minute,service,requests_per_second; docs/traces has one.',
    );
  }
  try {
    return readTrace(readFileSync(file, 'utf8'), platform);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw new CommandError(
      `${file} is no trace. ${error.message}.`,
      'Correct that line; docs/traces has a whole trace.',
      { cause: error },
    );
  }
}

/** Runs a trace on the environments and clouds asked for; production on both when none is named. */
export function simulate(options: Options): NamedSimulation[] {
  const trace = readTraceFile(options.trace);
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
