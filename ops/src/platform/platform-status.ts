import { isHealthy } from '../supervisor/probe.ts';
import { runningSupervisor } from '../supervisor/leftovers.ts';
import { isAlive, residentBytes, treeOf } from '../supervisor/process-table.ts';
import type { ChildRecord, ChildState, StateFolder } from '../supervisor/state-folder.ts';

export type ProcessStatus = {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly state: ChildState | 'dead';
  readonly restarts: number;
  /** Resident memory of the process and its descendants, shared pages in proportion. */
  readonly rssBytes: number;
  readonly healthy: boolean;
};

export type PlatformStatus = {
  readonly state: 'stopped' | 'starting' | 'ready' | 'stopping';
  readonly url: string | null;
  readonly supervisor: { readonly pid: number; readonly rssBytes: number } | null;
  readonly rssBytes: number;
  readonly processes: readonly ProcessStatus[];
};

async function statusOf(child: ChildRecord): Promise<ProcessStatus> {
  const { name, pid, port, restarts } = child;
  const alive = isAlive(child);
  return {
    name,
    pid,
    port,
    state: alive ? child.state : 'dead',
    restarts,
    rssBytes: residentBytes(alive ? treeOf(pid) : []),
    healthy: alive && (await isHealthy(child)),
  };
}

/** What runs from the state folder at this moment, each process asked for its health. */
export async function platformStatus(state: StateFolder): Promise<PlatformStatus> {
  const record = runningSupervisor(state);
  if (record === undefined) {
    return { state: 'stopped', url: null, supervisor: null, rssBytes: 0, processes: [] };
  }
  const processes = await Promise.all(record.children.map(statusOf));
  const supervisor = { pid: record.pid, rssBytes: residentBytes([record.pid]) };
  return {
    state: record.state,
    url: record.url,
    supervisor,
    rssBytes: processes.reduce((sum, { rssBytes }) => sum + rssBytes, supervisor.rssBytes),
    processes,
  };
}
