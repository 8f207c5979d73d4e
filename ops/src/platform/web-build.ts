import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { claimFile } from '../supervisor/claim-file.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { lastLines } from '../supervisor/log-file.ts';
import { waitUntil } from '../supervisor/probe.ts';
import { spawnProcess } from '../supervisor/spawn-process.ts';

/** Folders besides the app's own that end up in its bundle. */
const sharedSources = ['packages/ui', 'packages/api-client', 'packages/kernel', 'contracts'];
const notSources = ['**/node_modules/**', '**/.next/**', '**/*.test.*', '**/next-env.d.ts'];

export type WebBuild = {
  readonly root: string;
  /** `portal-web` lies in `apps/portal-web`. */
  readonly app: string;
  readonly logFile: string;
};

function sourceHash({ root, app }: WebBuild): string {
  const hash = createHash('sha256');
  const patterns = [`apps/${app}`, ...sharedSources].map((folder) => `${folder}/**/*`);
  const files = globSync([...patterns, 'package-lock.json'], { cwd: root, exclude: notSources });
  for (const file of files.toSorted()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(file).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

function standaloneFolder({ root, app }: WebBuild): string {
  return join(root, 'apps', app, '.next', 'standalone', 'apps', app);
}

/** Lies in the output itself, which whoever builds again replaces as a whole. */
function stampOf(build: WebBuild): string {
  return join(standaloneFolder(build), 'maxai-source-hash');
}

/** Whether the standalone server that is there was built from the sources that are there. */
export function isBuilt(build: WebBuild): boolean {
  const stamp = stampOf(build);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash(build);
}

/** Waits for whoever else builds the app in this checkout. Returns how to let the next one in. */
async function takeTurn(
  { root, app }: WebBuild,
  stopping: AbortSignal,
  report: (line: string) => void,
  limitMs: number,
): Promise<() => void> {
  const folder = join(root, 'node_modules', '.cache', 'maxai');
  mkdirSync(folder, { recursive: true });
  const claim = () => claimFile(join(folder, `build-${app}.claim`));
  let turn = claim();
  if ('holder' in turn) {
    report(`${app} is being built by process ${turn.holder.pid}: waiting for it`);
    await waitUntil(() => 'release' in (turn = claim()), limitMs, stopping);
    stopping.throwIfAborted();
  }
  if ('release' in turn) return turn.release;
  throw new CommandError(
    `${app} is still being built by process ${turn.holder.pid}.`,
    'end that process and start again',
  );
}

/**
 * Builds a Next app's standalone server with its static files beside it, unless somebody else has just done so:
 * two builds of one folder at once would spoil each other. Throws when the build fails.
 */
export async function buildWebApp(
  build: WebBuild,
  stopping: AbortSignal,
  report: (line: string) => void,
  turnLimitMs = 600_000,
): Promise<void> {
  const release = await takeTurn(build, stopping, report, turnLimitMs);
  try {
    if (!isBuilt(build)) await runBuild(build, stopping);
  } finally {
    release();
  }
}

async function runBuild(build: WebBuild, stopping: AbortSignal): Promise<void> {
  stopping.throwIfAborted();
  const { root, app, logFile } = build;
  const hash = sourceHash(build);
  const folder = join(root, 'apps', app);
  const running = spawnProcess({
    command: process.execPath,
    args: [join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'],
    cwd: folder,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    logFile,
  });
  const stop = () => void running.stop(0);
  stopping.addEventListener('abort', stop);
  const how = await running.exited;
  stopping.removeEventListener('abort', stop);
  stopping.throwIfAborted();
  if (how !== 'exit code 0') {
    throw new CommandError(
      `${app} could not be built (${how}). The end of its log:\n\n${lastLines(logFile, 20)}\n`,
      `mend what the log says (all of it: ${logFile}), then start again`,
    );
  }
  const standalone = standaloneFolder(build);
  cpSync(join(folder, '.next', 'static'), join(standalone, '.next', 'static'), { recursive: true });
  const assets = join(folder, 'public');
  if (existsSync(assets)) cpSync(assets, join(standalone, 'public'), { recursive: true });
  writeFileSync(stampOf(build), hash);
}
