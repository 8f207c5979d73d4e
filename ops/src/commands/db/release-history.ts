import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** When a release reached all traffic, and when its processes were gone; null until then. */
export type ReleaseRecord = {
  readonly version: string;
  readonly releasedAt: string | null;
  readonly retiredAt: string | null;
  /** When a service went back from it to the release before, which runs on since; null when none did. */
  readonly rolledBackAt: string | null;
};

export function releaseHistoryFile(root: string, version: string): string {
  return join(root, 'topology/releases/history', `${version}.json`);
}

/** The records of `topology/releases/history/<version>.json`, in no particular order. */
export function readReleaseHistory(root: string): ReleaseRecord[] {
  const directory = join(root, 'topology/releases/history');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const record = JSON.parse(
        readFileSync(join(directory, file), 'utf8'),
      ) as Partial<ReleaseRecord>;
      return {
        version: record.version ?? basename(file, '.json'),
        releasedAt: record.releasedAt ?? null,
        retiredAt: record.retiredAt ?? null,
        rolledBackAt: record.rolledBackAt ?? null,
      };
    });
}

/** Why code older than `version` may still run; null when none can. */
export function whyOldCodeMayRun(
  history: readonly ReleaseRecord[],
  version: string,
): string | null {
  const releasedAt = history.find((record) => record.version === version)?.releasedAt;
  if (releasedAt === undefined || releasedAt === null) {
    return `release ${version} is not recorded as released in topology/releases/history`;
  }
  const alive = history.find(
    (record) =>
      record.releasedAt !== null && record.releasedAt < releasedAt && record.retiredAt === null,
  );
  return alive === undefined ? null : `release ${alive.version}, before it, is not retired yet`;
}
