import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError } from '../supervisor/command-error.ts';
import { isAlive, processRef, type ProcessRef } from '../supervisor/process-table.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';

const pollMs = 50;

function holdFile(state: StateFolder): string {
  return state.file('postgres.hold');
}

/** Who keeps PostgreSQL from starting; a holder that died keeps nothing. */
function holderOf(state: StateFolder): ProcessRef | undefined {
  try {
    // Written below in one write.
    const ref = JSON.parse(readFileSync(holdFile(state), 'utf8')) as ProcessRef;
    return isAlive(ref) ? ref : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the supervisor from starting PostgreSQL until released, so that its data can be replaced. */
export function holdPostgres(state: StateFolder): () => void {
  const holder = holderOf(state);
  if (holder !== undefined) {
    throw new CommandError(
      `Another restore (pid ${holder.pid}) is at work on ${state.path}.`,
      'wait for it, then look at what it left: npx maxai status',
    );
  }
  writeFileSync(holdFile(state), JSON.stringify(processRef(process.pid)), { mode: 0o600 });
  return () => rmSync(holdFile(state), { force: true });
}

/** Resolves once nobody holds PostgreSQL back. */
export async function untilReleased(state: StateFolder): Promise<void> {
  while (existsSync(holdFile(state)) && holderOf(state) !== undefined) await wait(pollMs);
}
