import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFolder } from '../supervisor/state-folder.ts';

/** Everything that watches a platform keeps its files here; that the folder is there says that it is watched. */
export function observabilityFolder(state: StateFolder): string {
  return state.file('observability');
}

export function isObserved(state: StateFolder): boolean {
  return existsSync(observabilityFolder(state));
}

/** From now on. */
export function markObserved(state: StateFolder): void {
  mkdirSync(observabilityFolder(state), { recursive: true, mode: 0o700 });
}

/** Where kept traces lie, a request of OTLP a line. */
export function keptTracesOf(state: StateFolder): string {
  return join(observabilityFolder(state), 'traces.jsonl');
}
