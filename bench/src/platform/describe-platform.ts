import { queues } from '@maxai/contracts/jobs/queues';
import { formatTable } from '@maxai/ops/terminal/format-table';
import { apiMixInWords } from './api-sender.ts';
import type { Times } from './flow-times.ts';
import type { Judgement } from './judge-platform.ts';
import { mixInWords } from './provider-mix.ts';
import type { LoadReport } from './run-load.ts';
import type { PlatformReport } from './run-platform.ts';

type Row = readonly string[];

const ms = (value: number) => value.toFixed(1);

function loadRow(name: string, load: LoadReport): Row {
  const failures = Object.entries(load.failures).map(([what, count]) => `${what} × ${count}`);
  return [
    name,
    load.perSecond.toFixed(1),
    ms(load.p50Ms),
    ms(load.p95Ms),
    ms(load.p99Ms),
    ms(load.maxMs),
    ms(load.lateP95Ms),
    failures.join(', ') || '-',
  ];
}

function timesRow(name: string, { count, p50Ms, p95Ms, p99Ms }: Times): Row {
  return [name, String(count), ms(p50Ms), ms(p95Ms), ms(p99Ms)];
}

/** p95 of each tenth of the time, from left to right. */
function tenthsRow(name: string, { p95MsOfTenths }: Pick<LoadReport, 'p95MsOfTenths'>): Row {
  return [name, ...p95MsOfTenths.map((p95Ms) => p95Ms.toFixed(0))];
}

function judgementRow({ what, found, limit, unit, met }: Judgement): Row {
  return [what, found.toFixed(1), `${limit} ${unit}`.trim(), met ? '' : 'MISSED'];
}

function queueRows({ load }: PlatformReport): Row[] {
  const tenth = Math.max(1, Math.ceil(load.queues.length / 10));
  return load.queues
    .filter((_, index) => index % tenth === 0)
    .map(({ atSeconds, depths }) => [String(atSeconds), ...Object.values(depths).map(String)]);
}

/** The whole report for a terminal. */
export function describePlatform(report: PlatformReport): string {
  const { load, floor, crash, processes, ratios } = report;
  const sum = (of: (process: (typeof processes)[number]) => number) =>
    processes.reduce((total, process) => total + of(process), 0);
  const queueNames = queues.map(({ name }) => name);
  return [
    `${report.webhooksPerSecond} webhooks/s and ${report.apiPerSecond} API requests/s through the edge for ${report.seconds} s`,
    `  webhooks, of 100: ${mixInWords}`,
    `  API, ${apiMixInWords}`,
    '',
    formatTable(
      ['', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'load late p95', 'failures'],
      [
        loadRow('webhook ack', load.webhooks),
        loadRow('  floor', floor.webhooks),
        loadRow('API', load.api),
        loadRow('  floor', floor.api),
        loadRow('policy check', load.policyCheck),
      ],
    ),
    formatTable(
      ['p95 ms of each tenth', ...load.api.p95MsOfTenths.map((_, tenth) => String(tenth + 1))],
      [
        tenthsRow('webhook ack', load.webhooks),
        tenthsRow('API', load.api),
        tenthsRow('policy check', load.policyCheck),
        tenthsRow('trigger to first step', load.flows.firstStep),
        ['the same work, ms', ...load.workMsOfTenths.map((taken) => taken.toFixed(2))],
      ],
    ),
    'The last row is how fast the machine itself was: neighbours that share its cores make the same work take longer.',
    '',
    `p95 is ${ratios.webhooks.toFixed(1)} (webhooks) and ${ratios.api.toFixed(1)} (API) times that of bare node:http under the same load`,
    '',
    formatTable(
      ['executions', 'count', 'p50 ms', 'p95 ms', 'p99 ms'],
      [
        timesRow('trigger to first step', load.flows.firstStep),
        timesRow('trigger to third step done', load.flows.threeSteps),
      ],
    ),
    '',
    formatTable(['second', ...queueNames], queueRows(report)),
    `Empty ${load.drainedSeconds.toFixed(1)} s after the load ended`,
    '',
    formatTable(
      ['process', 'start MB', 'middle MB', 'end MB', 'needs MB', 'MB/min', 'cores', 'ms/request'],
      [
        ...processes.map((it) => [
          it.name,
          it.startMb.toFixed(0),
          it.middleMb.toFixed(0),
          it.endMb.toFixed(0),
          it.neededMb?.toFixed(0) ?? '-',
          it.mbPerMinute?.toFixed(2) ?? '-',
          it.cpuShare.toFixed(2),
          it.cpuMsPerRequest?.toFixed(2) ?? '-',
        ]),
        [
          'total',
          sum(({ startMb }) => startMb).toFixed(0),
          sum(({ middleMb }) => middleMb).toFixed(0),
          sum(({ endMb }) => endMb).toFixed(0),
          sum(({ neededMb }) => neededMb ?? 0).toFixed(0),
          sum(({ mbPerMinute }) => mbPerMinute ?? 0).toFixed(2),
          sum(({ cpuShare }) => cpuShare).toFixed(2),
          '',
        ],
      ],
    ),
    `The load itself used ${(load.webhooks.cpuShare + load.api.cpuShare).toFixed(2)} cores; what a process needs is measured at rest after the load: its live memory, of a database its own`,
    '',
    `${crash.executions} executions went on after their worker was killed, the last within ${(crash.resumeMs / 1000).toFixed(1)} s`,
    '',
    formatTable(['', 'found', 'limit', ''], report.judgements.map(judgementRow)),
    '',
    report.passed ? 'Every figure is met.' : 'A figure is missed.',
  ].join('\n');
}
