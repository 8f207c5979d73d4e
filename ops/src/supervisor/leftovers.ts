import { waitUntil } from './probe.ts';
import { groupIsOurs, isAlive, sendSignal } from './process-table.ts';
import type { ChildRecord, StateFolder, SupervisorRecord } from './state-folder.ts';

const patienceMs = 5000;

/** Signals the group when it is still the recorded one, and waits for its end. */
async function endGroup(child: ChildRecord, signal: NodeJS.Signals): Promise<boolean> {
  if (groupIsOurs(child)) sendSignal(-child.pid, signal);
  return waitUntil(() => !groupIsOurs(child), patienceMs);
}

/** The platform that runs from this state folder, if any. */
export function runningSupervisor(state: StateFolder): SupervisorRecord | undefined {
  const record = state.readSupervisor();
  return record !== undefined && isAlive(record) ? record : undefined;
}

/**
 * Ends what a supervisor that was killed left running, last started first, and forgets it. Returns the names of the
 * processes that were still there. A pid that now belongs to another process is left alone.
 */
export async function clearLeftovers(state: StateFolder): Promise<string[]> {
  const record = state.readSupervisor();
  if (record === undefined) return [];
  const left = record.children.filter(groupIsOurs);
  for (const child of left.toReversed()) {
    if (!(await endGroup(child, child.stopSignal))) await endGroup(child, 'SIGKILL');
  }
  state.forgetSupervisor();
  return left.map(({ name }) => name);
}

/** Asks the running supervisor to stop, ends it after `limitMs`, and ends whatever it did not end itself. */
export async function stopSupervisor(
  state: StateFolder,
  record: SupervisorRecord,
  limitMs: number,
): Promise<void> {
  sendSignal(record.pid, 'SIGTERM');
  if (!(await waitUntil(() => !isAlive(record), limitMs))) sendSignal(record.pid, 'SIGKILL');
  await clearLeftovers(state);
}
