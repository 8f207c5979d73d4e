import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, processRef, type ProcessRef } from './process-table.ts';

export type Claim =
  | { readonly release: () => void }
  /** Somebody else has it, and lives. */
  | { readonly holder: ProcessRef };

type Written = ProcessRef & { readonly id: string };

/** Whether nobody else had the file. One that is there is complete: it was written under another name. */
function take(path: string, own: Written): boolean {
  const draft = `${path}.${own.id}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

/** Undefined when the file is gone. */
function written(path: string): Written | undefined {
  try {
    // Only `take` writes it.
    return JSON.parse(readFileSync(path, 'utf8')) as Written;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Removes the claim of `id` and no other: it is moved away first, and what was moved by mistake is put back. */
function remove(path: string, id: string): void {
  if (written(path)?.id !== id) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  if (written(aside)?.id === id) rmSync(aside);
  else renameSync(aside, path);
}

/** What a file stands for, for one process at a time. A claim of a process that is gone is taken over. */
export function claimFile(path: string): Claim {
  const own: Written = { ...processRef(process.pid), id: randomUUID() };
  while (!take(path, own)) {
    const holder = written(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) return { holder };
    remove(path, holder.id);
  }
  return { release: () => remove(path, own.id) };
}
