import { formatTable } from '@maxai/ops/terminal/format-table';
import { checkPlatform } from '@maxai/topology/checks/check-platform';
import { checkRendered } from '@maxai/topology/checks/check-rendered';
import type { Platform } from '@maxai/topology/model';
import {
  manifest,
  manifestFiles,
  renderClusters,
  type RenderedCluster,
} from '@maxai/topology/rendered-files';
import { median } from '../statistics.ts';
import { multiplyPlatform } from './multiply-platform.ts';

/** Milliseconds, the medians of the rounds. */
export type TopologyTimes = {
  /** Services, workers and web apps of the platform. */
  readonly deployables: number;
  /** Of all clusters of all environments. */
  readonly objects: number;
  readonly findings: number;
  /** Objects, each validated by its model, and the text of every file. */
  readonly renderMs: number;
  readonly checkMs: number;
  readonly totalMs: number;
  /** The same objects written as YAML and nothing else. */
  readonly floorMs: number;
  /** Rendering and checking for each one of the floor. */
  readonly ratio: number;
};

export type TopologyReport = {
  readonly rounds: number;
  readonly limitMs: number;
  /** The platform as it is stays under the limit. */
  readonly withinLimit: boolean;
  readonly sizes: readonly (TopologyTimes & { readonly times: number })[];
};

export const topologyLimitMs = 5000;

function timed<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const startedAt = performance.now();
  const result = work();
  return { ms: performance.now() - startedAt, result };
}

function check(platform: Platform, clusters: readonly RenderedCluster[]) {
  return [
    ...checkPlatform(platform),
    ...clusters.flatMap(({ target, objects }) => checkRendered(target, objects)),
  ];
}

/** Renders and checks all environments of a platform, and writes the same objects as the floor. */
export function measurePlatform(platform: Platform): TopologyTimes {
  const rendering = timed(() => {
    const clusters = renderClusters(platform);
    return { clusters, files: clusters.flatMap(manifestFiles) };
  });
  const { clusters } = rendering.result;
  const checking = timed(() => check(platform, clusters));
  const objects = clusters.flatMap((cluster) => cluster.objects);
  const floor = timed(() => objects.map(({ object }) => manifest(object)));
  const totalMs = rendering.ms + checking.ms;
  return {
    deployables: platform.services.length + platform.workers.length + platform.webApps.length,
    objects: objects.length,
    findings: checking.result.length,
    renderMs: rendering.ms,
    checkMs: checking.ms,
    totalMs,
    floorMs: floor.ms,
    ratio: totalMs / floor.ms,
  };
}

function medianOf(rounds: readonly TopologyTimes[]): TopologyTimes {
  const of = (key: keyof TopologyTimes) => median(rounds.map((round) => round[key]));
  return {
    deployables: of('deployables'),
    objects: of('objects'),
    findings: of('findings'),
    renderMs: of('renderMs'),
    checkMs: of('checkMs'),
    totalMs: of('totalMs'),
    floorMs: of('floorMs'),
    ratio: of('ratio'),
  };
}

/** The largest sizes are measured once: their growth shows without a median. */
const roundsOf = (rounds: number, times: number) => Math.max(1, Math.round(rounds / times));

export function measureTopology(
  platform: Platform,
  { rounds, sizes }: { readonly rounds: number; readonly sizes: readonly number[] },
): TopologyReport {
  const measured = sizes.map((times) => {
    const multiplied = multiplyPlatform(platform, times);
    const results = Array.from({ length: roundsOf(rounds, times) }, () =>
      measurePlatform(multiplied),
    );
    return { times, ...medianOf(results) };
  });
  const [smallest] = measured;
  return {
    rounds,
    limitMs: topologyLimitMs,
    withinLimit: (smallest?.totalMs ?? 0) < topologyLimitMs,
    sizes: measured,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function describeTopology({ rounds, limitMs, withinLimit, sizes }: TopologyReport): string {
  const rows = sizes.map((size) => [
    `${size.times}×`,
    String(size.deployables),
    String(size.objects),
    seconds(size.renderMs),
    seconds(size.checkMs),
    seconds(size.totalMs),
    seconds(size.floorMs),
    size.ratio.toFixed(1),
    String(size.findings),
  ]);
  const headings = ['services', 'deployables', 'objects', 'render', 'check', 'both'];
  return [
    `Every cluster of every environment, rendered and checked; medians of ${rounds} rounds at 1×, fewer above`,
    '',
    formatTable([...headings, 'YAML alone', 'ratio', 'findings'], rows),
    '',
    `The platform as it is ${withinLimit ? 'stays under' : 'MISSES'} its limit of ${seconds(limitMs)}.`,
  ].join('\n');
}
