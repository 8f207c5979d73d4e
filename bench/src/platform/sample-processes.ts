import { residentBytes, treesOf } from '@maxai/ops/supervisor/process-table';
import type { StateFolder } from '@maxai/ops/supervisor/state-folder';
import { readFileSync } from 'node:fs';

/** What one process and everything below it used at a moment. */
export type ProcessSample = {
  readonly atMs: number;
  readonly pid: number;
  readonly residentMb: number;
  /** Processor time since it started. */
  readonly cpuSeconds: number;
};

const ticksPerSecond = 100;

/** User and system time of a process and of its children that have ended: fields 14 to 17 of proc(5). */
function cpuSecondsOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond;
  } catch {
    // It ended a moment ago.
    return 0;
  }
}

/** Memory and processor time of every process of a running platform, by name. */
export function sampleProcesses(state: StateFolder): Record<string, ProcessSample> {
  const children = state.readSupervisor()?.children ?? [];
  const trees = treesOf(children.map(({ pid }) => pid));
  return Object.fromEntries(
    children.map(({ name, pid }, index) => {
      const tree = trees[index] ?? [];
      return [
        name,
        {
          atMs: performance.now(),
          pid,
          residentMb: residentBytes(tree) / 1_000_000,
          cpuSeconds: tree.reduce((sum, member) => sum + cpuSecondsOf(member), 0),
        },
      ];
    }),
  );
}
