import { chownSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ServerAccount } from './postgres-binaries.ts';

/** In bytes. Beyond this Linux takes no path of a socket; the file's own name has 20. */
export const socketFolderPathMax = 107 - 20;

/** Where PostgreSQL and Redis also listen, for processes of the same machine: beside the database's data folder. */
export function socketFolderOf(data: string): string {
  return join(dirname(data), 'sockets');
}

/** Whether sockets can lie there: PostgreSQL takes a list, and reads a comma or a quote in a path as the list's. */
export function takesSockets(folder: string): boolean {
  return Buffer.byteLength(folder) <= socketFolderPathMax && !/[",]/.test(folder);
}

/** Makes the folder, which only the account of the database server and root may enter. */
export function makeSocketFolder(folder: string, account: ServerAccount): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
}

/** A killed server leaves its lock file, whose process id may meanwhile be a stranger's; call it once none runs. */
export function removePostgresSockets(folder: string): void {
  for (const name of globSync('.s.PGSQL.*', { cwd: folder })) rmSync(join(folder, name));
}

export function redisSocket(folder: string, name: string): string {
  return join(folder, `${name}.sock`);
}
