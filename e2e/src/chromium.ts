import { CommandError } from '@maxai/ops/supervisor/command-error';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Chrome and Chromium under the names distributions give them. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

export type Machine = {
  readonly searchPath: string;
  readonly userId: number;
  /** Runs a program to its end; returns its exit code. */
  readonly run: (command: string, args: readonly string[]) => number | null;
};

function find(searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);
}

/** The machine's Chromium; Debian's package is installed when there is none and root asks. */
export function chromiumOf({ searchPath, userId, run }: Machine): string {
  const present = find(searchPath);
  if (present !== undefined) return present;
  if (userId === 0) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  }
  const installed = find(searchPath);
  if (installed !== undefined) return installed;
  throw new CommandError(
    'There is no Chromium on this machine.',
    'sudo apt-get install -y chromium',
  );
}
