import { describe, expect, it } from 'vitest';
import { production } from './environments/production.ts';
import {
  archiveTimeoutSeconds,
  backupPolicy,
  backupRepositories,
  disasters,
  recoveryAims,
  recoveryObjectives,
  type BackupRepository,
} from './recovery.ts';
import { renderPgBackRest, renderRepositoryKeys } from './recovery-config.ts';

const repositories = backupRepositories(backupPolicy);
const [primary, separate] = repositories as [BackupRepository, BackupRepository];

type Made = { readonly type: 'full' | 'diff'; readonly day: number; readonly full: number };

/** What pgBackRest keeps on `day` of backups made by the schedule since day 0, by its documented rules. */
function keptOn(day: number, { schedules, fullRetentionDays }: BackupRepository): Made[] {
  const isDue = (type: Made['type'], on: number) =>
    schedules.some((schedule) => schedule.type === type && on % schedule.everyDays === 0);
  const made: Made[] = [];
  for (let on = 0, full = 0; on <= day; on += 1) {
    if (isDue('full', on)) full = on;
    if (isDue('full', on)) made.push({ type: 'full', day: on, full });
    else if (isDue('diff', on)) made.push({ type: 'diff', day: on, full });
  }
  const oldEnough = made.filter(
    (backup) => backup.type === 'full' && backup.day <= day - fullRetentionDays,
  );
  const oldestFull = oldEnough.at(-1)?.day ?? 0;
  return made.filter(({ full }) => full >= oldestFull);
}

/** From which day on the write-ahead log is there without gaps. */
function archivedSince(day: number, repository: BackupRepository): number {
  const counting = keptOn(day, repository).filter(
    ({ type }) => repository.archive.type === 'diff' || type === 'full',
  );
  return counting.at(-repository.archive.backups)?.day ?? 0;
}

describe('what the two repositories keep, on any day of two years', () => {
  const days = Array.from({ length: 730 }, (_, day) => day).slice(400);

  it('is a backup of each of the last 30 days in the primary one [R115]', () => {
    for (const day of days) {
      const kept = new Set(keptOn(day, primary).map((made) => made.day));
      for (let back = 0; back <= 30; back += 1) expect(kept.has(day - back)).toBe(true);
    }
  });

  it('is a full backup of each week of a year in the separate one [R116]', () => {
    for (const day of days) {
      const fulls = keptOn(day, separate).map((made) => made.day);
      const ages = fulls.map((made) => day - made);
      expect(Math.max(...ages)).toBeGreaterThanOrEqual(365);
      expect(
        fulls.every((made, index) => index === 0 || made - Number(fulls[index - 1]) === 7),
      ).toBe(true);
    }
  });

  it('is every moment of the last 7 days, in both [R117]', () => {
    for (const day of days) {
      for (const repository of repositories) {
        expect(day - archivedSince(day, repository)).toBeGreaterThanOrEqual(7);
      }
    }
  });

  it('follows the policy of production', () => {
    expect(backupPolicy).toBe(production.postgres.backups);
    const longer = backupRepositories({ ...backupPolicy, dailyRetentionDays: 60 });
    expect(longer[0]?.fullRetentionDays).toBe(60);
  });
});

describe('the configuration of pgBackRest', () => {
  const config = renderPgBackRest({
    stanza: 'maxai',
    repositories,
    repositoryPath: (name) => `/backups/${name}`,
    data: '/data',
    socketFolder: '/socket',
    port: 4132,
    logFolder: '/log',
    lockFolder: '/lock',
    spoolFolder: '/spool',
  });

  it('states the retention of each repository and encrypts both', () => {
    expect(config.split('\n')).toEqual(
      expect.arrayContaining([
        'repo1-path=/backups/primary',
        'repo1-cipher-type=aes-256-cbc',
        'repo1-retention-full-type=time',
        'repo1-retention-full=30',
        'repo1-retention-archive-type=diff',
        'repo1-retention-archive=9',
        'repo2-path=/backups/separate',
        'repo2-cipher-type=aes-256-cbc',
        'repo2-retention-full-type=time',
        'repo2-retention-full=365',
        'repo2-retention-archive-type=full',
        'repo2-retention-archive=3',
        '[maxai]',
        'pg1-path=/data',
      ]),
    );
  });

  it('keeps the keys in a file of their own', () => {
    expect(config).not.toContain('cipher-pass');
    expect(renderRepositoryKeys(repositories, (name) => `key of ${name}`)).toBe(
      '[global]\nrepo1-cipher-pass=key of primary\nrepo2-cipher-pass=key of separate\n',
    );
  });
});

describe('disasters', () => {
  it('are the four of the document and the loss of the account, region and breach decided by people', () => {
    const decided = disasters.filter(({ decidedBy }) => decidedBy === 'operator');
    expect(disasters.map(({ name }) => name)).toEqual([
      'region-outage',
      'database-corruption',
      'data-loss',
      'security-breach',
      'account-deleted',
    ]);
    expect(decided.map(({ name }) => name)).toEqual([
      'region-outage',
      'security-breach',
      'account-deleted',
    ]);
  });

  it('are aimed at well inside the limits', () => {
    expect(recoveryObjectives).toEqual({ rtoHours: 4, rpoHours: 1 });
    expect(recoveryAims.rtoMinutes).toBeLessThan(recoveryObjectives.rtoHours * 60);
    expect(archiveTimeoutSeconds).toBeLessThan(recoveryAims.rpoSeconds);
  });
});
