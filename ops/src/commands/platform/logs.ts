import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { stateFolderOf } from '../../platform/environment.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { followLog, lastLines } from '../../supervisor/log-file.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

const linesShown = 200;

function logNames(state: StateFolder): string[] {
  return [...readdirSync(state.file('logs')), ...readdirSync(state.path)]
    .filter((name) => name.endsWith('.log'))
    .map((name) => basename(name, '.log'))
    .toSorted();
}

/** Where the log of a process is; the data servers keep theirs beside their data. */
export function findLog(state: StateFolder, name: string): string {
  const found = [state.log(name), state.file(`${name}.log`)].find(existsSync);
  if (found !== undefined) return found;
  const names = logNames(state).join(', ');
  throw new CommandError(
    `There is no log of ${name}.`,
    names === '' ? 'start the platform first: npm start' : `choose among ${names}`,
  );
}

export async function logs(
  name: string,
  options: { readonly follow?: true },
  signals: Pick<NodeJS.EventEmitter, 'once'> = process,
): Promise<void> {
  const path = findLog(stateFolderOf(process.env), name);
  const end = statSync(path).size;
  console.log(lastLines(path, linesShown));
  if (options.follow !== true) return;
  const stop = new AbortController();
  signals.once('SIGINT', () => stop.abort());
  for await (const text of followLog(path, end, stop.signal)) process.stdout.write(text);
}
