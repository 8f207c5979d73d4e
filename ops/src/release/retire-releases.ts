import { releasePolicy } from '@maxai/topology/release-policy';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  readReleaseHistory,
  releaseHistoryFile,
  type ReleaseRecord,
} from '../commands/db/release-history.ts';

const hourMs = 3_600_000;

/**
 * When the pods of a release were gone: as long after its successor as an old version is kept; null before. A release
 * that was rolled back succeeds none: the one before it runs again.
 */
export function retirementOf(
  release: ReleaseRecord,
  history: readonly ReleaseRecord[],
  now: Date,
  keepOldHours: number,
): string | null {
  const { releasedAt } = release;
  if (releasedAt === null) return null;
  const successors = history.flatMap((other) =>
    other.releasedAt !== null && other.releasedAt > releasedAt && other.rolledBackAt === null
      ? [Date.parse(other.releasedAt)]
      : [],
  );
  const goneAt = Math.min(...successors) + keepOldHours * hourMs;
  return goneAt <= now.getTime() ? new Date(goneAt).toISOString() : null;
}

function amend(root: string, version: string, change: Partial<ReleaseRecord>): string {
  const file = releaseHistoryFile(root, version);
  const record = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as object)
    : { version, releasedAt: null, retiredAt: null };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...record, ...change }, null, 2)}\n`);
  return file;
}

/**
 * Writes down in `topology/releases/history` which releases no longer run anywhere, so that the migrations that
 * waited for their end may be applied. Returns their versions.
 */
export function retireReleases(root: string, now: Date): string[] {
  const history = readReleaseHistory(root);
  const { keepOldHours } = releasePolicy('production');
  return history
    .filter(({ retiredAt }) => retiredAt === null)
    .flatMap((release) => {
      const retiredAt = retirementOf(release, history, now, keepOldHours);
      if (retiredAt === null) return [];
      amend(root, release.version, { retiredAt });
      return [release.version];
    });
}

/** Writes down that a service went back from a release, also from one that is not recorded yet. Returns the file. */
export function recordRolledBack(root: string, version: string, now: Date): string {
  return amend(root, version, { rolledBackAt: now.toISOString() });
}
