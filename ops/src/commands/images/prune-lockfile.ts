/** The parts of npm's files that decide what is installed. */
export type Manifest = {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
};
export type LockedPackage = Manifest & {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
};
export type Lockfile = {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly [key: string]: unknown;
};

/** Where Node finds `name` from a package at `from`, by the folders of the lockfile. */
function locate({ packages }: Lockfile, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (path in packages) return path;
    if (at === '') return undefined;
  }
}

function requiredOf({ dependencies, peerDependencies, peerDependenciesMeta }: LockedPackage) {
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (name) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  return [...Object.keys(dependencies ?? {}), ...peers];
}

function reach(
  lockfile: Lockfile,
  roots: readonly (readonly [path: string, names: readonly string[]])[],
  namesOf: (entry: LockedPackage) => readonly string[],
): Set<string> {
  const found = new Set<string>();
  const add = (from: string, names: readonly string[]) => {
    for (const name of names) {
      const path = locate(lockfile, from, name);
      if (path !== undefined && lockfile.packages[path]?.link !== true) found.add(path);
    }
  };
  for (const [path, names] of roots) add(path, names);
  for (const path of found) add(path, namesOf(lockfile.packages[path] ?? {}));
  return found;
}

/**
 * The lockfile of some workspaces alone, each with the manifest given for it: exactly the locked versions and
 * hashes, of exactly the packages those manifests lead to. The key `''` is the root's manifest.
 */
export function pruneLockfile(
  lockfile: Lockfile,
  manifests: ReadonlyMap<string, Manifest>,
): Lockfile {
  const roots = [...manifests].map(
    ([path, { dependencies, devDependencies }]) =>
      [path, Object.keys({ ...dependencies, ...devDependencies })] as const,
  );
  const required = reach(lockfile, roots, requiredOf);
  const all = reach(lockfile, roots, (entry) => [
    ...requiredOf(entry),
    ...Object.keys(entry.optionalDependencies ?? {}),
  ]);
  const links = Object.entries(lockfile.packages).filter(
    ([, { link, resolved = '' }]) => link === true && manifests.has(resolved),
  );
  const installed = [...all].map((path) => {
    const {
      dev: _dev,
      devOptional: _both,
      optional: _may,
      ...entry
    } = lockfile.packages[path] ?? {};
    return [path, required.has(path) ? entry : { ...entry, optional: true }] as const;
  });
  const entries = [...manifests, ...links, ...installed];
  return {
    ...lockfile,
    packages: Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
