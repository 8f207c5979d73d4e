import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../supervisor/command-error.ts';
import { lastLines } from '../supervisor/log-file.ts';
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

/** Builds a Next app's standalone server with its static files beside it. Throws when the build fails. */
export async function buildWebApp(build: WebBuild, stopping: AbortSignal): Promise<void> {
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
