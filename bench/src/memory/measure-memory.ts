import type { PlatformStatus } from '@maxai/ops/platform/platform-status';
import { formatTable } from '@maxai/ops/terminal/format-table';

export type MemoryReport = {
  readonly totalMb: number;
  readonly limitMb: number;
  readonly withinLimit: boolean;
  readonly processes: readonly { readonly name: string; readonly rssMb: number }[];
};

const limitMb = 2000;
const megabyte = 1_000_000;

/** Resident memory of each process of the running platform, the supervisor among them, in MB of 10^6 bytes. */
export function measureMemory(status: PlatformStatus): MemoryReport {
  const processes = [
    ...status.processes.map(({ name, rssBytes }) => ({ name, rssMb: rssBytes / megabyte })),
    { name: 'supervisor', rssMb: (status.supervisor?.rssBytes ?? 0) / megabyte },
  ].toSorted((left, right) => right.rssMb - left.rssMb);
  const totalMb = status.rssBytes / megabyte;
  return { totalMb, limitMb, withinLimit: totalMb <= limitMb, processes };
}

export function describeMemory(report: MemoryReport): string {
  const rows = [
    ...report.processes.map(({ name, rssMb }) => [name, rssMb.toFixed(0)]),
    ['total', report.totalMb.toFixed(0)],
    ['limit', report.limitMb.toFixed(0)],
  ];
  return formatTable(['process', 'RSS MB'], rows);
}
