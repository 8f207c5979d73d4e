import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Linux lets an ordinary user change one of these in 100 ms, whichever processes it is of. */
const turnMs = 150;
const turnsMax = 50;

/**
 * Lets a process that leads a session step back behind others by a `nice` value. Linux may share processor time among
 * sessions first (sched_autogroup): then the session's own value counts, where it has one.
 */
export async function stepBack(pid: number, niceness: number, ended: AbortSignal): Promise<void> {
  try {
    setPriority(pid, niceness);
    for (let turn = 0; turn < turnsMax && !ended.aborted; turn += 1) {
      if (setSessionPriority(pid, niceness)) return;
      await wait(turnMs, undefined, { ref: false });
    }
  } catch {
    // It has ended, or this kernel has no such sessions.
  }
}

/** Whether it was done; false when somebody else's turn was just now. */
function setSessionPriority(pid: number, niceness: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
