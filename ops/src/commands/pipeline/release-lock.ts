import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';

/** What runs in an environment: a version and the digest of every image. */
export type ReleaseLock = {
  readonly version: string;
  readonly images: Readonly<Record<string, string>>;
};

export const lockPath = (environment: string) => `topology/releases/${environment}.json`;

export function readLock(root: string, environment: string): ReleaseLock {
  const path = lockPath(environment);
  // Written by the images command.
  const lock = JSON.parse(readFileSync(join(root, path), 'utf8')) as ReleaseLock;
  const unbuilt = Object.entries(lock.images).filter(([, digest]) => /^sha256:0+$/.test(digest));
  if (unbuilt.length === 0) return lock;
  throw new CommandError(
    `${path} has no digest of ${unbuilt.map(([name]) => name).join(', ')}`,
    `build and push first: npx maxai images push --environment ${environment} --registry <registry>`,
  );
}

/** The lock of production, once every image of it is the one that staging was tested with. */
export function readTestedLock(root: string, environment: string): ReleaseLock {
  const lock = readLock(root, environment);
  const tested = readLock(root, 'staging').images;
  const other = Object.entries(lock.images).filter(([name, digest]) => tested[name] !== digest);
  if (other.length === 0) return lock;
  throw new CommandError(
    `${lockPath(environment)} has other images than staging was tested with: ${other.map(([name]) => name).join(', ')}`,
    'push both from one build of one commit, without changes in between',
  );
}

/** `<registry>/<image>@sha256:…` of every image of a lock. */
export function imageReferences({ images }: ReleaseLock, registry: string): string[] {
  return Object.entries(images).map(([name, digest]) => `${registry}/${name}@${digest}`);
}
