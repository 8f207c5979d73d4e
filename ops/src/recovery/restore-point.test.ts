import { describe, expect, it } from 'vitest';
import type { Backup } from './list-backups.ts';
import { chooseRestorePoint, parseRestoreTarget } from './restore-point.ts';
import { firstHistory, type History } from './timeline-history.ts';

const at = (time: string) => new Date(`2026-01-${time}:00Z`);

function backup(label: string, repository: Backup['repository'], finished: string): Backup {
  return {
    label,
    repository,
    type: 'full',
    startedAt: at(finished),
    finishedAt: at(finished),
    timeline: 1,
    endsAt: '0/2000100',
    bytes: 1,
    storedBytes: 1,
  };
}

const backups = [
  backup('20260101-020000F', 'separate', '01T03:00'),
  backup('20260102-020000F', 'primary', '02T03:00'),
  backup('20260103-020000F', 'separate', '03T03:00'),
];
const now = at('04T00:00');
const chooseAfter = (
  history: History,
  to: string,
  repository?: Backup['repository'],
  all = backups,
) => chooseRestorePoint(parseRestoreTarget(to), { backups: all, history, repository, now });
const choose = (to: string, repository?: Backup['repository'], all = backups) =>
  chooseAfter(firstHistory, to, repository, all);

describe('a moment to restore to', () => {
  it('begins with the newest backup before it, of the primary repository where that has one', () => {
    expect(choose('2026-01-03T12:00:00Z').backup.label).toBe('20260102-020000F');
    expect(choose('2026-01-01T12:00:00Z').backup.label).toBe('20260101-020000F');
    expect(choose('2026-01-03T12:00:00Z', 'separate').backup.label).toBe('20260103-020000F');
    expect(choose('latest').backup.label).toBe('20260102-020000F');
    expect(choose('latest', 'separate').backup.label).toBe('20260103-020000F');
  });

  it('is told to pgBackRest with its zone', () => {
    expect(choose('2026-01-03T12:00:00.250+02:00').options).toContain(
      '--target=2026-01-03 10:00:00.250+00',
    );
    expect(choose('latest').options).toEqual(['--type=default', '--target-timeline=1']);
    expect(choose('20260101-020000F').options[0]).toBe('--type=immediate');
  });

  it('is not looked for from a backup made after the moment that a restore went back to', () => {
    const late = { ...backup('20260103-030000F', 'primary', '03T03:00'), endsAt: '1/0' };
    const all = [...backups, late];
    const history = { timeline: 2, left: [{ timeline: 1, at: '0/F000000' }] };
    expect(chooseAfter(history, 'latest', 'primary', all)).toMatchObject({
      backup: { label: '20260102-020000F' },
      options: ['--type=default', '--target-timeline=2'],
    });
    expect(chooseAfter(history, late.label, undefined, all).backup).toBe(late);
    expect(() => chooseAfter(history, 'latest', undefined, [late])).toThrow(
      /after the moment that the last restore went back to[^]*--to 20260103-030000F/,
    );
    const since = { ...late, timeline: 2 };
    expect(chooseAfter(history, 'latest', undefined, [...all, since]).backup).toBe(since);
    const unrelated = { ...late, timeline: 3 };
    expect(() => chooseAfter(history, 'latest', undefined, [unrelated])).toThrow(/Every backup/);
  });

  it('is refused before the first backup, with the earliest there is', () => {
    expect(() => choose('2026-01-01T02:00:00Z')).toThrow(
      /before the first backup, which was finished at 2026-01-01T03:00:00.000Z[^]*--to 20260101-020000F/,
    );
    expect(() => choose('2026-01-01T12:00:00Z', 'primary')).toThrow(/2026-01-02T03:00:00.000Z/);
  });

  it('is refused in the future', () => {
    expect(() => choose('2026-01-04T00:00:01Z')).toThrow(/lies in the future[^]*--to latest/);
  });

  it('is refused without any backup, or with a label that nothing has', () => {
    expect(() => choose('latest', undefined, [])).toThrow(/no backup[^]*backup create/);
    expect(() => choose('latest', 'primary', [])).toThrow(/in the primary repository/);
    expect(() => choose('20250101-020000F')).toThrow(/choose among 20260101-020000F/);
  });

  it.each(['tomorrow', '2026-01-03T12:00:00', '2026-01-03', '2026-13-03T12:00:00Z', ''])(
    'is refused when it is unclear: %s',
    (text) => {
      expect(() => parseRestoreTarget(text)).toThrow(/give the time with its zone/);
    },
  );
});
