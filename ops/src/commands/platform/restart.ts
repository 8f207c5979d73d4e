import { stateFolderOf } from '../../platform/environment.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import { sendSignal } from '../../supervisor/process-table.ts';
import type { ChildRecord, StateFolder } from '../../supervisor/state-folder.ts';

const restartLimitMs = 120_000;

function childOf(state: StateFolder, name: string): ChildRecord | undefined {
  return runningSupervisor(state)?.children.find((child) => child.name === name);
}

/** Ends one process and waits until its supervisor has it running again. Returns the new pid. */
export async function restartProcess(
  state: StateFolder,
  name: string,
  limitMs = restartLimitMs,
): Promise<number> {
  const before = childOf(state, name);
  if (before === undefined) {
    throw new CommandError(`${name} is not running.`, 'npx maxai status lists what is');
  }
  sendSignal(before.pid, before.stopSignal);
  let { pid } = before;
  const isBack = () => {
    const now = childOf(state, name);
    if (now?.state === 'running') ({ pid } = now);
    return pid !== before.pid;
  };
  if (!(await waitUntil(isBack, limitMs))) {
    throw new CommandError(`${name} did not come back.`, `npx maxai logs ${name} says why`);
  }
  return pid;
}

export async function restart(name: string): Promise<void> {
  const pid = await restartProcess(stateFolderOf(process.env), name);
  console.log(`${name} is running again (pid ${pid})`);
}
