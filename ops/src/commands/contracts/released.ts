import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import type { Consumers } from './find-consumers.ts';
import { readDocuments, type Documents } from './openapi.ts';

const releasedFolder = 'contracts/released';
const consumersFile = 'consumers.json';

export type Release = {
  readonly version: string;
  readonly documents: Documents;
  readonly consumers: Consumers;
};

const versionShape = /^\d+(\.\d+){1,2}$/;

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const parts = [0, 1, 2].map((index) => (left?.[index] ?? 0) - (right?.[index] ?? 0));
  return parts.find((difference) => difference !== 0) ?? 0;
}

/** The newest recorded version; null before the first. */
function lastVersion(root: string): string | null {
  const folder = join(root, releasedFolder);
  const versions = existsSync(folder)
    ? readdirSync(folder).filter((v) => versionShape.test(v))
    : [];
  return versions.toSorted(compareVersions).at(-1) ?? null;
}

/** Where the newest release is recorded; null before the first. */
export function lastReleaseFolder(root: string): string | null {
  const version = lastVersion(root);
  return version === null ? null : join(root, releasedFolder, version);
}

/** What the newest release serves and uses; null before the first. */
export function lastRelease(root: string): Release | null {
  const version = lastVersion(root);
  if (version === null) return null;
  const folder = join(root, releasedFolder, version);
  return {
    version,
    documents: readDocuments(join(folder, 'openapi')),
    // Written by recordRelease.
    consumers: JSON.parse(readFileSync(join(folder, consumersFile), 'utf8')) as Consumers,
  };
}

/** Writes down what a release serves and uses. Returns the folder. */
export function recordRelease(root: string, { version, documents, consumers }: Release): string {
  const last = lastVersion(root);
  if (!versionShape.test(version) || (last !== null && compareVersions(version, last) <= 0)) {
    throw new CommandError(
      `${version} is no version after ${last ?? 'the beginning'}`,
      'give numbers with dots that are higher than the last release, for example 2025.12.1',
    );
  }
  const folder = `${releasedFolder}/${version}`;
  mkdirSync(join(root, folder, 'openapi'), { recursive: true });
  const write = (file: string, content: unknown) =>
    writeFileSync(join(root, folder, file), `${JSON.stringify(content, null, 2)}\n`);
  for (const [service, document] of Object.entries(documents)) {
    write(`openapi/${service}.json`, { ...document, info: { title: service, version } });
  }
  write(consumersFile, consumers);
  cpSync(join(root, 'contracts/generated/schemas'), join(root, folder, 'schemas'), {
    recursive: true,
  });
  return folder;
}
