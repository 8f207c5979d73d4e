import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import type { Finding } from './finding.ts';
import { readServiceMigrations, type MigrationFolder } from './migration.ts';

function git(root: string, ...args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('git', [...args], {
    cwd: root,
    maxBuffer: 512 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new CommandError(
    `git ${args.join(' ')} failed: ${stderr.toString().trim()}`,
    'name a commit, branch or tag of this repository; a shallow clone needs git fetch --unshallow',
  );
}

/** The names in a `node_modules`, with those inside scopes. */
function packagesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(directory, name)).map((inScope) => `${name}/${inScope}`)
      : [name],
  );
}

/** The installed packages, but every workspace package as the old tree has it. */
function linkPackages(root: string, tree: string): void {
  const workspaces = git(root, 'ls-files', '*/package.json')
    .toString()
    .trim()
    .split('\n')
    .map(dirname);
  const own = new Map(
    workspaces.flatMap((folder): [string, string][] => {
      const file = join(tree, folder, 'package.json');
      if (!existsSync(file)) return [];
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name: string };
      return [[name, join(tree, folder)]];
    }),
  );
  const places = ['', ...workspaces].filter((place) =>
    existsSync(join(root, place, 'node_modules')),
  );
  for (const place of places) {
    for (const name of packagesIn(join(root, place, 'node_modules'))) {
      const link = join(tree, place, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(own.get(name) ?? join(root, place, 'node_modules', name), link);
    }
  }
}

/** The tree of `ref` in a folder of its own, runnable, with today's migrations instead of its own. */
function oldCodeOnNewMigrations(root: string, ref: string, services: readonly string[]): string {
  const tree = mkdtempSync(join(tmpdir(), 'maxai-compatibility-'));
  spawnSync('tar', ['-x', '-C', tree], { input: git(root, 'archive', '--format=tar', ref) });
  linkPackages(root, tree);
  for (const service of services) {
    const folder = `services/${service}/db/migrations`;
    rmSync(join(tree, folder), { recursive: true, force: true });
    cpSync(join(root, folder), join(tree, folder), { recursive: true });
  }
  return tree;
}

/** Migrations of `ref` that are no longer what they were. */
function changedHistory(root: string, ref: string, folders: readonly MigrationFolder[]): Finding[] {
  const now = new Map(folders.flatMap(({ migrations }) => migrations).map((m) => [m.path, m.sql]));
  const listed = git(root, 'ls-tree', '-r', '--name-only', ref, '--', 'services').toString();
  return listed
    .split('\n')
    .filter((path) => path.endsWith('/migration.sql'))
    .filter((path) => now.get(path) !== git(root, 'show', `${ref}:${path}`).toString())
    .map((path) => ({
      rule: 'released-unchanged',
      path,
      line: 1,
      reason: `${ref} has this migration, so databases have it, and it is no longer the same`,
      fix: 'put it back and write the change as a new migration',
    }));
}

export type CompatibilityRun = { readonly code: 'old' | 'new'; readonly passed: boolean };

export type Compatibility = {
  readonly findings: readonly Finding[];
  /** Services with migrations that `ref` does not have and that it already ships. */
  readonly services: readonly string[];
  readonly runs: readonly CompatibilityRun[];
};

/** Ends a run whose tests hang. */
const runMinutesMax = 20;

/** A test that lists what a schema has `and nothing else` is about its own schema, not about the code on another. */
const aboutCode = ['--testNamePattern', '^(?!.* and nothing else$)'];

function testsPass(
  tree: string,
  services: readonly string[],
  env: NodeJS.ProcessEnv,
  selection: readonly string[] = [],
): boolean {
  const folders = services.map((service) => `services/${service}/tests/`);
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...selection, ...folders], {
    cwd: tree,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: runMinutesMax * 60_000,
  });
  return status === 0;
}

/**
 * Runs the integration tests of the services whose migrations changed since `ref` twice on the migrated
 * schema: with the code of `ref` and with the code that is here.
 */
export function checkCompatibility(
  root: string,
  ref: string,
  env: NodeJS.ProcessEnv,
): Compatibility {
  const folders = readServiceMigrations(root);
  const findings = changedHistory(root, ref, folders);
  const atRef = new Set(
    git(root, 'ls-tree', '-r', '--name-only', ref, '--', 'services').toString().split('\n'),
  );
  const services = folders
    .filter(({ service }) =>
      [...atRef].some((path) => path.startsWith(`services/${service}/tests/`)),
    )
    .filter(({ migrations }) => migrations.some(({ path }) => !atRef.has(path)))
    .map(({ service }) => service);
  if (services.length === 0 || findings.length > 0) return { findings, services, runs: [] };
  const tree = oldCodeOnNewMigrations(root, ref, services);
  try {
    return {
      findings,
      services,
      runs: [
        { code: 'old', passed: testsPass(tree, services, env, aboutCode) },
        { code: 'new', passed: testsPass(root, services, env) },
      ],
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
