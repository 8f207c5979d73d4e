import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, processRef, type ProcessRef } from './process-table.ts';

export type Claim =
  | { readonly release: () => void }
  /** Somebody else has it, and lives. */
  | { readonly holder: ProcessRef };

/** A file that is there is complete: it was written under another name. */
function take(path: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(processRef(process.pid)), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } finally {
    rmSync(draft);
  }
}

/** What a file stands for, for one process at a time. A claim of a process that is gone is taken over. */
export function claimFile(path: string): Claim {
  try {
    take(path);
  } catch {
    // Only `take` writes it.
    const holder = JSON.parse(readFileSync(path, 'utf8')) as ProcessRef;
    if (isAlive(holder)) return { holder };
    rmSync(path, { force: true });
    take(path);
  }
  return { release: () => rmSync(path, { force: true }) };
}
