import { production } from './environments/production.ts';
import type { Backups, Recovery } from './model/environment.ts';
import type { SecretKind } from './model/index.ts';

/** Where copies lie: beside the database, or out of reach of whatever befalls it. */
export type RepositoryName = 'primary' | 'separate';

export type BackupType = 'full' | 'diff';

/** One pgBackRest repository: what is written into it when, and how long it is kept. */
export type BackupRepository = {
  readonly name: RepositoryName;
  /** pgBackRest's `repoN`. */
  readonly number: 1 | 2;
  readonly purpose: string;
  readonly schedules: readonly BackupSchedule[];
  /** A full backup, with what depends on it, goes once a younger one is this old. */
  readonly fullRetentionDays: number;
  /** Write-ahead log is kept without gaps from this many backups of this type back. */
  readonly archive: { readonly type: BackupType; readonly backups: number };
};

export type BackupSchedule = { readonly type: BackupType; readonly everyDays: number };

const daysPerWeek = 7;
const outOfTurn = 2;

/**
 * The document's three retentions as two repositories: one knows one full-backup retention. pgBackRest counts backups
 * where the document counts days, so write-ahead log is kept from two more back: the first interval may be short, and
 * a full backup may be made out of turn.
 */
export function backupRepositories(backups: Backups): readonly BackupRepository[] {
  const weekly: BackupSchedule = { type: 'full', everyDays: daysPerWeek };
  return [
    {
      name: 'primary',
      number: 1,
      purpose: 'Daily backups and point-in-time recovery',
      schedules: [weekly, { type: 'diff', everyDays: 1 }],
      fullRetentionDays: backups.dailyRetentionDays,
      archive: { type: 'diff', backups: backups.pointInTimeRecoveryDays + outOfTurn },
    },
    {
      name: 'separate',
      number: 2,
      purpose: 'Weekly full backups, out of reach of a disaster at the primary',
      schedules: [weekly],
      fullRetentionDays: backups.weeklyRetentionDays,
      archive: {
        type: 'full',
        backups: Math.ceil(backups.pointInTimeRecoveryDays / daysPerWeek) + outOfTurn,
      },
    },
  ];
}

/** Production's policy, which a platform that keeps backups on its own machine is held to as well. */
// Production without backups or objectives does not pass the comparison with the deployment document.
export const backupPolicy: Backups = production.postgres.backups as Backups;

/** The limits of the document; a recovery that takes longer or loses more has failed. */
export const recoveryObjectives: Recovery = production.recovery as Recovery;

/** What a drill aims at, well inside the limits. */
export const recoveryAims = { rtoMinutes: 15, rpoSeconds: 5 } as const;

/** Write-ahead log that has not filled a segment is archived after this time all the same. */
export const archiveTimeoutSeconds = 2;

/** What recovery itself needs to know; none of it is given to a process of the platform. */
export const recoverySecrets: readonly {
  readonly name: string;
  readonly kind: Exclude<SecretKind, 'external'>;
}[] = [
  { name: 'backup-primary-key', kind: 'random-256-base64' },
  { name: 'backup-separate-key', kind: 'random-256-base64' },
  { name: 'standby-replication-password', kind: 'password' },
];

export type DisasterName =
  | 'database-corruption'
  | 'data-loss'
  | 'region-outage'
  | 'security-breach'
  | 'account-deleted';

export type Disaster = {
  readonly name: DisasterName;
  readonly happens: string;
  readonly recovery: string;
  /** Whether somebody has to decide on it; the others recover by themselves once detected. */
  readonly decidedBy: 'operator' | 'nobody';
};

/** The document's disaster scenarios, and the loss of the account that everything primary lives in. */
export const disasters: readonly Disaster[] = [
  {
    name: 'region-outage',
    happens: 'The region of the database, the services and their edge does not answer any more',
    recovery: 'Promote the standby of the second region and start the services and the edge there',
    decidedBy: 'operator',
  },
  {
    name: 'database-corruption',
    happens: 'Pages of a table are overwritten on disk',
    recovery: 'Restore the newest state from backup and write-ahead log',
    decidedBy: 'nobody',
  },
  {
    name: 'data-loss',
    happens: 'A wrong statement deletes rows of every tenant',
    recovery: 'Restore the moment before the statement',
    decidedBy: 'nobody',
  },
  {
    name: 'security-breach',
    happens: "A worker's host is taken over: its identity and every secret count as known",
    recovery: 'Stop the worker, refuse its identity, replace every secret while requests go on',
    decidedBy: 'operator',
  },
  {
    name: 'account-deleted',
    happens:
      'The cloud account with the database, its backups, its secrets and all servers is gone',
    recovery:
      'Rebuild from the separate storage: sealed secrets, backups, write-ahead log; and git',
    decidedBy: 'operator',
  },
];
