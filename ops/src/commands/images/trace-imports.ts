import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { relative } from 'node:path';

export type ImportTrace = {
  /** Relative to the repository. */
  readonly files: readonly string[];
  /** Packages from outside that each file needs at run time. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
};

// An import that only names types is erased before the file runs.
const typesOnly = /\b(?:import|export)\s+type\s+(?:\{[^}]*\}|[\w*\s]+?)\s+from\s*'[^']+'/g;
const specifiers = /\b(?:from|import|resolve)\b\s*\(?\s*'([^'\n]+)'/g;

/** The modules a source file loads: static and dynamic imports, and what it has `require.resolve` find. */
export function importedSpecifiers(source: string): readonly string[] {
  const found = source.replaceAll(typesOnly, '').matchAll(specifiers);
  return [...new Set([...found].map(([, specifier]) => String(specifier)))];
}

/** `@scope/name/deep` → `@scope/name`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isOurs(path: string): boolean {
  return !path.startsWith('..') && !path.includes('node_modules/');
}

/** Everything that running `entries` loads, file by file; `root` is the repository. */
export function traceImports(root: string, entries: readonly string[]): ImportTrace {
  const files = new Set(entries);
  const packages = new Map<string, readonly string[]>();
  // A set hands out what is added to it while it is walked.
  for (const file of files) {
    const path = `${root}/${file}`;
    const { resolve } = createRequire(path);
    const loaded = importedSpecifiers(readFileSync(path, 'utf8')).filter(
      (name) => !isBuiltin(name),
    );
    const outside = loaded.filter((specifier) => {
      if (!/^(?:\.|@maxai\/)/.test(specifier)) return true;
      const target = relative(root, resolve(specifier));
      if (isOurs(target)) files.add(target);
      return !isOurs(target);
    });
    packages.set(file, [...new Set(outside.map(packageName))]);
  }
  return { files: [...files].toSorted(), packages };
}
