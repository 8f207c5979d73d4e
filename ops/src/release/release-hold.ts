import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessRef } from '../supervisor/process-table.ts';

/** What a release has on this machine; enough to take it back after its controller was killed. */
type ReleaseHold = {
  readonly controller: ProcessRef;
  /** Where the new version answers. */
  readonly url: string;
  /** What it has started: the judgement, the new version. */
  readonly processes: readonly ProcessRef[];
};

function fileOf(folder: string, id: string): string {
  return join(folder, `${id}.hold`);
}

export function writeHold(folder: string, id: string, hold: ReleaseHold): void {
  const file = fileOf(folder, id);
  writeFileSync(`${file}.new`, JSON.stringify(hold));
  renameSync(`${file}.new`, file);
}

/** Undefined once nothing is left of the release. */
export function readHold(folder: string, id: string): ReleaseHold | undefined {
  const file = fileOf(folder, id);
  if (!existsSync(file)) return undefined;
  // Only `writeHold` writes this file, and it replaces it whole.
  return JSON.parse(readFileSync(file, 'utf8')) as ReleaseHold;
}

export function forgetHold(folder: string, id: string): void {
  rmSync(fileOf(folder, id), { force: true });
}

/** Whether there is a process that carries out what is asked of the release. */
export function isControlled(folder: string, id: string): boolean {
  const hold = readHold(folder, id);
  return hold !== undefined && isAlive(hold.controller);
}
