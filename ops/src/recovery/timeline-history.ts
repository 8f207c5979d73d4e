import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stanza, type BackupLayout } from './backup-layout.ts';
import { readInfo } from './list-backups.ts';
import { runPgBackRest } from './pgbackrest.ts';

/** A timeline and how it came about: which earlier ones were left, and where in the log. */
export type History = {
  readonly timeline: number;
  readonly left: readonly { readonly timeline: number; readonly at: string }[];
};

/** Of a database that was never restored. */
export const firstHistory: History = { timeline: 1, left: [] };

/** PostgreSQL's history file, whose name begins with the timeline: one line for each that was left. */
export function parseHistory(name: string, text: string): History {
  const lines = text.matchAll(/^\s*(\d+)\t([0-9A-F]+\/[0-9A-F]+)/gm);
  return {
    timeline: Number.parseInt(name.slice(0, 8), 16),
    left: [...lines].map(([, timeline, at]) => ({ timeline: Number(timeline), at: String(at) })),
  };
}

function positionOf(place: string): bigint {
  const [high = '', low = ''] = place.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** Whether recovery from there leads to this timeline; else it was made after a moment that was restored to. */
export function leadsTo(
  { timeline, left }: History,
  backup: { readonly timeline: number; readonly endsAt: string },
): boolean {
  if (backup.timeline === timeline) return true;
  const fork = left.find((one) => one.timeline === backup.timeline);
  return fork !== undefined && positionOf(backup.endsAt) <= positionOf(fork.at);
}

const historyFile = /^[0-9A-F]{8}\.history$/;

/** Of the data that is there; an unfinished restore may have archived a newer timeline that nothing lives on. */
function readOwnHistory(logFolder: string): History {
  const newest = readdirSync(logFolder)
    .filter((name) => historyFile.test(name))
    .toSorted()
    .at(-1);
  return newest === undefined
    ? firstHistory
    : parseHistory(newest, readFileSync(join(logFolder, newest), 'utf8'));
}

/** Of the newest timeline in any repository. */
async function readArchivedHistory(layout: BackupLayout): Promise<History> {
  const archives = (await readInfo(layout)).flatMap(({ archive }) => archive);
  const found: { readonly name: string; readonly where: readonly string[] }[] = [];
  for (const { id, database } of archives) {
    const [repository, folder] = [`--repo=${database['repo-key']}`, `archive/${stanza}/${id}`];
    const names = await runPgBackRest(layout, ['repo-ls', repository, folder]);
    const name = names.split('\n').findLast((it) => historyFile.test(it));
    if (name !== undefined) found.push({ name, where: [repository, `${folder}/${name}`] });
  }
  const newest = found.toSorted((left, right) => left.name.localeCompare(right.name)).at(-1);
  if (newest === undefined) return firstHistory;
  return parseHistory(newest.name, await runPgBackRest(layout, ['repo-get', ...newest.where]));
}

/** Of the timeline that a restore goes on with: the database's own, or, when that is lost, the newest archived. */
export async function readHistory(layout: BackupLayout): Promise<History> {
  const logFolder = join(layout.data, 'pg_wal');
  return existsSync(logFolder) ? readOwnHistory(logFolder) : readArchivedHistory(layout);
}
