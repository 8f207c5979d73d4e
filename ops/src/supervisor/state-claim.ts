import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from './command-error.ts';
import { isAlive, processRef, type ProcessRef } from './process-table.ts';
import type { StateFolder } from './state-folder.ts';

function holderOf(path: string): ProcessRef {
  // Only claimState writes this file, in one write.
  return JSON.parse(readFileSync(path, 'utf8')) as ProcessRef;
}

/** One supervisor a state folder. A claim of a process that is gone is taken over. Returns how to let go. */
export function claimState(state: StateFolder): () => void {
  const path = state.file('supervisor.claim');
  const take = () =>
    writeFileSync(path, JSON.stringify(processRef(process.pid)), { flag: 'wx', mode: 0o600 });
  try {
    take();
  } catch (cause) {
    const holder = holderOf(path);
    if (isAlive(holder)) {
      throw new CommandError(
        `Another maxai (pid ${holder.pid}) is starting or stopping from ${state.path}.`,
        'wait for it, or choose another folder with MAXAI_STATE',
        { cause },
      );
    }
    rmSync(path, { force: true });
    take();
  }
  return () => rmSync(path, { force: true });
}
