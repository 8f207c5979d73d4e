import { globSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { rootsFolder } from '../../local/postgres-installation.ts';
import { dataFolder } from '../../local/postgres-server.ts';
import { serverAccount } from '../../local/postgres-binaries.ts';
import { stateFolderOf } from '../../platform/environment.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import { stopPlatform } from './down.ts';

/** All that a platform writes; anything else in the folder belongs to somebody else. */
const ours = [
  'logs',
  'compile-cache',
  'secrets.json',
  'supervisor.*',
  'images',
  'postgres*',
  'redis-*',
  'sockets',
  'demo*.json',
  'n8n/home',
];

/** Stops the platform and removes its data, secrets and logs. */
export async function removeState(state: StateFolder): Promise<void> {
  await stopPlatform(state);
  const inFolder = globSync(ours, { cwd: state.path }).map((name) => state.file(name));
  for (const path of [
    dataFolder(state.path, serverAccount(Number(process.getuid?.())), rootsFolder),
    ...inFolder,
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
}

export type Terminal = {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
};

async function isConfirmed(state: StateFolder, { input, output }: Terminal): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new CommandError(
      'reset deletes all data and nobody is there to confirm it.',
      'npx maxai reset --yes',
    );
  }
  const terminal = createInterface({ input, output });
  const answer = await terminal.question(`Delete all data in ${state.path}? Type yes: `);
  terminal.close();
  return answer.trim() === 'yes';
}

export async function reset(
  options: { readonly yes?: true },
  terminal: Terminal = { input: process.stdin, output: process.stdout },
): Promise<void> {
  const state = stateFolderOf(process.env);
  if (options.yes !== true && !(await isConfirmed(state, terminal))) return;
  await removeState(state);
  console.log('All data is gone. npm start begins afresh.');
}
