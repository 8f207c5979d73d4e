import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';

type Lock = { readonly version: string; readonly images: Readonly<Record<string, string>> };

/**
 * Writes a version and the digests of its images into the lock of an environment. Images that were not given
 * keep theirs, and images the environment does not run are left out. Returns the path of the lock.
 */
export function writeRelease(
  root: string,
  environment: string,
  version: string,
  digests: Readonly<Record<string, string>>,
): string {
  const path = join(root, 'topology/releases', `${environment}.json`);
  if (!existsSync(path)) {
    throw new CommandError(
      `There is no environment called ${environment}.`,
      'choose production, staging or development',
    );
  }
  // Written by this function and reviewed in the repository.
  const { images } = JSON.parse(readFileSync(path, 'utf8')) as Lock;
  const updated = Object.entries(images).map(([name, digest]) => [name, digests[name] ?? digest]);
  const lock: Lock = { version, images: Object.fromEntries(updated) };
  writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
  return path;
}
