import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import type { ImagePlan } from './image-plan.ts';
import { pruneLockfile, type Lockfile, type Manifest } from './prune-lockfile.ts';
import { traceImports } from './trace-imports.ts';

/** What an image is made of. */
export type Context = {
  /** Given to the engine: `manifests/` for the install, `sources/` for what runs. */
  readonly folder: string;
  /** Relative to the repository. */
  readonly files: readonly string[];
  /** Folders of the lockfile whose packages are installed. */
  readonly packages: readonly string[];
};

/** Next compiles with these; they stay in the build stage. */
const webBuildTools = ['typescript', '@types/node', '@types/react'];
const notShipped = [
  '**/node_modules/**',
  '**/.next/**',
  '**/tests/**',
  '**/*.test.*',
  '**/deploy.ts',
];

/** npm writes and checks these files. */
function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

function readLockfile(root: string): Lockfile {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
}

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function filesUnder(root: string, folders: readonly string[]): string[] {
  const patterns = folders.map((folder) => `${folder}/**/*`);
  const found = globSync(patterns, { cwd: root, exclude: notShipped });
  return found.filter((path) => statSync(join(root, path)).isFile()).toSorted();
}

/** The folder of the workspace a file belongs to. */
function workspaceOf(workspaces: readonly string[], file: string): string | undefined {
  return workspaces.find((folder) => file.startsWith(`${folder}/`));
}

function onlyNamed(manifest: Manifest, names: ReadonlySet<string>): Manifest {
  const { dependencies = {}, name = '', version = '', type, exports } = manifest;
  const kept = Object.entries(dependencies).filter(([dependency]) => names.has(dependency));
  const undeclared = [...names].filter((dependency) => !(dependency in dependencies));
  if (undeclared.length > 0) {
    throw new CommandError(
      `${name} loads ${undeclared.join(', ')}, which it does not declare, so its image would lack it.`,
      `add it to the dependencies in ${name}'s package.json`,
    );
  }
  return { name, version, private: true, type, exports, dependencies: Object.fromEntries(kept) };
}

type Parts = { files: readonly string[]; manifests: ReadonlyMap<string, Manifest> };

function tracedParts(root: string, plan: ImagePlan, workspaces: readonly string[]): Parts {
  const { files, packages } = traceImports(root, plan.entries);
  const names = new Map<string, Set<string>>();
  const manifestOf = (folder: string) => readManifest(join(root, folder, 'package.json'));
  for (const file of files) {
    const folder = workspaceOf(workspaces, file);
    if (folder === undefined) continue;
    names.set(folder, new Set([...(names.get(folder) ?? []), ...(packages.get(file) ?? [])]));
  }
  const manifests = [...names].map(
    ([folder, named]) => [folder, onlyNamed(manifestOf(folder), named)] as const,
  );
  return {
    files: [...files, ...filesUnder(root, plan.assets)],
    manifests: new Map(manifests),
  };
}

/** A web app is compiled in its image: it gets whole folders, and its bundler decides what is used. */
function webParts(root: string, plan: ImagePlan, lockfile: Lockfile): Parts {
  const folders = new Set(plan.assets);
  for (const folder of folders) {
    const { dependencies = {} } = lockfile.packages[folder] ?? {};
    for (const name of Object.keys(dependencies)) {
      const { link, resolved = '' } = lockfile.packages[`node_modules/${name}`] ?? {};
      if (link === true) folders.add(resolved);
    }
  }
  const manifests = [...folders].map((folder) => {
    const { devDependencies: _tools, ...manifest } = readManifest(
      join(root, folder, 'package.json'),
    );
    return [folder, manifest] as const;
  });
  return { files: filesUnder(root, [...folders]), manifests: new Map(manifests) };
}

/** Writes into `folder` everything, and only what, the image needs. `root` is the repository. */
export function assembleContext(root: string, plan: ImagePlan, folder: string): Context {
  const lockfile = readLockfile(root);
  const {
    name = '',
    version = '',
    devDependencies = {},
  } = readManifest(join(root, 'package.json'));
  const workspaces = Object.keys(lockfile.packages).filter(
    (path) => path !== '' && !path.includes('node_modules/'),
  );
  const parts =
    plan.kind === 'web' ? webParts(root, plan, lockfile) : tracedParts(root, plan, workspaces);
  const tools = plan.kind === 'web' ? webBuildTools : [];
  const rootManifest = {
    name,
    version,
    private: true,
    type: 'module',
    workspaces: [...parts.manifests.keys()].toSorted(),
    devDependencies: Object.fromEntries(tools.map((tool) => [tool, String(devDependencies[tool])])),
  };
  const manifests = new Map<string, Manifest>([['', rootManifest], ...parts.manifests]);
  const pruned = pruneLockfile(lockfile, manifests);
  rmSync(folder, { recursive: true, force: true });
  for (const [path, manifest] of manifests) {
    write(join(folder, 'manifests', path, 'package.json'), manifest);
  }
  write(join(folder, 'manifests', 'package-lock.json'), pruned);
  for (const file of parts.files.filter((path) => !path.endsWith('package.json'))) {
    cpSync(join(root, file), join(folder, 'sources', file));
  }
  if (plan.kind === 'web') {
    cpSync(join(root, 'images/web-start.mjs'), join(folder, 'sources/start.mjs'));
  }
  // What the image runs unasked has the same name in every image, so that one Dockerfile can name it.
  for (const entry of plan.entries.slice(0, 1)) symlinkSync(entry, join(folder, 'sources/main.ts'));
  return {
    folder,
    files: parts.files,
    packages: Object.keys(pruned.packages).filter((path) => path.startsWith('node_modules/')),
  };
}
