import { backupPolicy, backupRepositories } from '@maxai/topology/recovery';
import { describe, expect, it } from 'vitest';
import { dueBackups } from './due-backups.ts';
import type { Backup } from './list-backups.ts';

const dayMs = 86_400_000;
/** The first moment of a week, as weeks are counted. */
const start = Date.UTC(2026, 0, 1);
const repositories = backupRepositories(backupPolicy);

function made(repository: Backup['repository'], type: Backup['type'], atMs: number): Backup {
  const at = new Date(atMs);
  const label = String(atMs);
  return {
    label,
    repository,
    type,
    startedAt: at,
    finishedAt: at,
    timeline: 1,
    endsAt: '0/0',
    bytes: 0,
    storedBytes: 0,
  };
}

const dueAt = (backups: readonly Backup[], atMs: number) =>
  dueBackups(repositories, backups, new Date(atMs));

describe('the backups that are due', () => {
  it('are a full one in each repository at first', () => {
    expect(dueAt([], start)).toEqual([
      { repository: 'primary', type: 'full' },
      { repository: 'separate', type: 'full' },
    ]);
  });

  it('over four weeks are one a day in the primary repository and one a week in the separate one [R115,R116]', () => {
    const backups: Backup[] = [];
    for (let hour = 0; hour < 28 * 24; hour += 1) {
      const atMs = start + (hour * dayMs) / 24;
      for (const { repository, type } of dueAt(backups, atMs)) {
        backups.push(made(repository, type, atMs));
      }
    }
    const dailies = backups.filter((backup) => backup.repository === 'primary');
    expect(new Set(dailies.map((backup) => backup.startedAt.getUTCDate())).size).toBe(28);
    const of = (repository: string, type: string) =>
      backups.filter((backup) => backup.repository === repository && backup.type === type).length;
    expect(of('primary', 'full') + of('primary', 'diff')).toBe(28);
    expect(of('primary', 'full')).toBe(4);
    expect(of('separate', 'full')).toBe(4);
    expect(of('separate', 'diff')).toBe(0);
  });

  it('are none within the day, and the differential one after it', () => {
    const backups = [made('primary', 'full', start), made('separate', 'full', start)];
    expect(dueAt(backups, start + dayMs / 2)).toEqual([]);
    expect(dueAt(backups, start + dayMs)).toEqual([{ repository: 'primary', type: 'diff' }]);
  });
});
