import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateOf, type ReleaseEvent, type ReleaseState } from './release-rules.ts';

/** The record of releases in one folder: a file each, a line an event, never rewritten. */
export type ReleaseRecord = {
  readonly append: (id: string, event: ReleaseEvent) => void;
  readonly read: (id: string) => ReleaseEvent[];
  /** Oldest first. */
  readonly ids: () => string[];
};

export function openReleaseRecord(folder: string): ReleaseRecord {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: string) => join(folder, `${id}.jsonl`);
  return {
    append: (id, event) => appendFileSync(fileOf(id), `${JSON.stringify(event)}\n`),
    read: (id) =>
      existsSync(fileOf(id))
        ? readFileSync(fileOf(id), 'utf8')
            .split('\n')
            // A line that was cut off by a crash has no end and is no event.
            .slice(0, -1)
            // Only `append` above writes these lines.
            .map((line) => JSON.parse(line) as ReleaseEvent)
        : [],
    ids: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => name.slice(0, -'.jsonl'.length))
        .toSorted((a, b) => a.localeCompare(b)),
  };
}

/** What the releases of a service, or of every one, have come to; oldest first. */
export function releasesOf(record: ReleaseRecord, service: string | undefined): ReleaseState[] {
  return record
    .ids()
    .map((id) => stateOf(record.read(id)))
    .filter((release) => release !== undefined)
    .filter((release) => service === undefined || release.service === service);
}
