import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReleaseHistory, whyOldCodeMayRun } from '../commands/db/release-history.ts';
import { recordRolledBack, retireReleases } from './retire-releases.ts';

let root: string;

function record(version: string, releasedAt: string | null): void {
  const text = JSON.stringify({ version, commit: 'c', releasedAt, retiredAt: null });
  writeFileSync(join(root, 'topology/releases/history', `${version}.json`), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maxai-history-'));
  mkdirSync(join(root, 'topology/releases/history'), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

describe('a release is retired', () => {
  it('24 hours after its successor has all traffic, and not before [R85,R88]', () => {
    record('1', '2025-11-01T10:00:00.000Z');
    record('2', '2025-11-02T10:00:00.000Z');
    expect(retireReleases(root, new Date('2025-11-03T09:59:59Z'))).toEqual([]);
    expect(whyOldCodeMayRun(readReleaseHistory(root), '2')).toContain('release 1');
    expect(retireReleases(root, new Date('2025-11-03T10:00:00Z'))).toEqual(['1']);
    expect(whyOldCodeMayRun(readReleaseHistory(root), '2')).toBeNull();
    const file = join(root, 'topology/releases/history/1.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      version: '1',
      commit: 'c',
      releasedAt: '2025-11-01T10:00:00.000Z',
      retiredAt: '2025-11-03T10:00:00.000Z',
    });
  });

  it('not by a successor that was rolled back, but by the one after that [R88,R89]', () => {
    record('1', '2025-11-01T10:00:00.000Z');
    record('2', '2025-11-02T10:00:00.000Z');
    recordRolledBack(root, '2', new Date('2025-11-03T06:00:00Z'));
    expect(retireReleases(root, new Date('2025-11-05T10:00:00Z'))).toEqual([]);
    record('3', '2025-11-06T10:00:00.000Z');
    expect(retireReleases(root, new Date('2025-11-07T09:59:59Z'))).toEqual([]);
    expect(retireReleases(root, new Date('2025-11-07T10:00:00Z'))).toEqual(['1', '2']);
  });

  it('never while it is the newest, or has not served anybody', () => {
    record('1', '2025-11-01T10:00:00.000Z');
    record('2', null);
    expect(retireReleases(root, new Date('2026-11-01T10:00:00Z'))).toEqual([]);
  });
});
