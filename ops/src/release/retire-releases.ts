import { releasePolicy } from '@maxai/topology/release-policy';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReleaseHistory, type ReleaseRecord } from '../commands/db/release-history.ts';

const hourMs = 3_600_000;

/** When the pods of a release were gone: as long after its successor as an old version is kept; null before. */
export function retirementOf(
  release: ReleaseRecord,
  history: readonly ReleaseRecord[],
  now: Date,
  keepOldHours: number,
): string | null {
  const { releasedAt } = release;
  if (releasedAt === null) return null;
  const successors = history.flatMap((other) =>
    other.releasedAt !== null && other.releasedAt > releasedAt
      ? [Date.parse(other.releasedAt)]
      : [],
  );
  const goneAt = Math.min(...successors) + keepOldHours * hourMs;
  return goneAt <= now.getTime() ? new Date(goneAt).toISOString() : null;
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
      const file = join(root, 'topology/releases/history', `${release.version}.json`);
      const record = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, `${JSON.stringify({ ...record, retiredAt }, null, 2)}\n`);
      return [release.version];
    });
}
