import { n8nVersion } from '@maxai/topology/n8n-variables';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { CommandError } from '../supervisor/command-error.ts';
import { lastLines } from '../supervisor/log-file.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { n8nFolder } from './n8n-folder.ts';

function installedVersion(program: string): string | undefined {
  const manifest = join(program, 'node_modules/n8n/package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** n8n's own entry point. */
export function n8nEntry(state: StateFolder): string {
  return join(n8nFolder(state).program, 'node_modules/n8n/bin/n8n');
}

/**
 * Has npm install n8n into the state folder, in exactly the version that the clouds run: outside the repository and
 * its lockfile. Install scripts do not run: what they build is for databases and nodes that nobody uses here.
 */
export function installN8n(state: StateFolder, report: (line: string) => void): void {
  const { program } = n8nFolder(state);
  if (installedVersion(program) === n8nVersion) return;
  report(`Installing n8n ${n8nVersion} with npm, once: some 3.5 GB, which takes minutes`);
  const unfinished = `${program}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'package.json'), '{"private":true}');
  const logFile = state.log('install-n8n');
  const log = openSync(logFile, 'w');
  const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const ended = spawnSync('npm', ['install', `n8n@${n8nVersion}`, ...flags], {
    cwd: unfinished,
    // n8n refuses the older Node that npm itself may run on.
    env: { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (ended.status !== 0 || installedVersion(unfinished) !== n8nVersion) {
    throw new CommandError(
      `npm could not install n8n ${n8nVersion}:\n${ended.error ?? lastLines(logFile, 10)}`,
      'see that npm reaches its registry and that the disk has 4 GB left, then start again, or leave n8n out: the sandbox has one',
    );
  }
  rmSync(program, { recursive: true, force: true });
  renameSync(unfinished, program);
}
