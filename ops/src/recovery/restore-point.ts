import type { RepositoryName } from '@maxai/topology/recovery';
import { CommandError } from '../supervisor/command-error.ts';
import type { Backup } from './list-backups.ts';
import { leadsTo, type History } from './timeline-history.ts';

export type RestoreTarget =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly at: Date }
  /** The moment a backup was finished; the only one left once its write-ahead log has gone. */
  | { readonly kind: 'backup'; readonly label: string };

export type RestorePoint = {
  readonly backup: Backup;
  readonly target: RestoreTarget;
  /** What `pgbackrest restore` is told besides where. */
  readonly options: readonly string[];
};

const label = /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/;
const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** `latest`, a backup's label, or a time with its zone. */
export function parseRestoreTarget(text: string): RestoreTarget {
  if (text === 'latest') return { kind: 'latest' };
  if (label.test(text)) return { kind: 'backup', label: text };
  const at = new Date(text.replace(' ', 'T'));
  if (time.test(text) && !Number.isNaN(at.getTime())) return { kind: 'time', at };
  throw new CommandError(
    `${text} is no time, no backup and not 'latest'.`,
    "give the time with its zone, for example --to 2026-01-31T12:00:00Z, a label of npx maxai backup list, or 'latest'",
  );
}

function beforeEverything(at: Date, first: Backup): CommandError {
  return new CommandError(
    `${at.toISOString()} is before the first backup, which was finished at ${first.finishedAt.toISOString()}.`,
    `restore to that time or a later one, or to the backup itself: --to ${first.label}`,
  );
}

function noBackup(repository: RepositoryName | undefined, off: readonly Backup[]): CommandError {
  const where = repository === undefined ? '' : ` in the ${repository} repository`;
  const newest = off.at(-1);
  return newest === undefined
    ? new CommandError(
        `There is no backup${where}.`,
        'npx maxai backup create makes one of the running platform; npx maxai backup list shows all',
      )
    : new CommandError(
        `Every backup${where} was made after the moment that the last restore went back to.`,
        `restore from another repository, or to a backup itself: --to ${newest.label}`,
      );
}

function optionsFor(target: RestoreTarget, { timeline }: History): readonly string[] {
  // pgBackRest recovers a backup itself on the backup's own timeline.
  if (target.kind === 'backup') return ['--type=immediate', '--target-action=pause'];
  const along = `--target-timeline=${timeline}`;
  if (target.kind === 'latest') return ['--type=default', along];
  const at = target.at.toISOString().replace('T', ' ').replace('Z', '+00');
  return ['--type=time', `--target=${at}`, '--target-action=pause', along];
}

/** The backup to begin with, from the primary repository where both have one. Throws for a moment that cannot be had. */
export function chooseRestorePoint(
  target: RestoreTarget,
  given: {
    readonly backups: readonly Backup[];
    /** Of the timeline that recovery follows; only a backup asked for by its label may be off it. */
    readonly history: History;
    readonly repository: RepositoryName | undefined;
    readonly now: Date;
  },
): RestorePoint {
  const { repository, history, now } = given;
  const inRepository = given.backups.filter(
    (backup) => repository === undefined || backup.repository === repository,
  );
  const backups = inRepository.filter(
    (backup) => target.kind === 'backup' || leadsTo(history, backup),
  );
  const [first] = backups;
  if (first === undefined) throw noBackup(repository, inRepository);
  if (target.kind === 'time' && target.at > now) {
    throw new CommandError(
      `${target.at.toISOString()} lies in the future.`,
      'give a time that has passed, or --to latest for the newest state',
    );
  }
  const fitting = backups.filter((backup) => {
    if (target.kind === 'backup') return backup.label === target.label;
    return target.kind === 'latest' || backup.finishedAt <= target.at;
  });
  const chosen = fitting.findLast((backup) => backup.repository === 'primary') ?? fitting.at(-1);
  if (chosen !== undefined) return { backup: chosen, target, options: optionsFor(target, history) };
  if (target.kind === 'time') throw beforeEverything(target.at, first);
  throw new CommandError(
    'There is no backup with this label.',
    `choose among ${backups.map((backup) => backup.label).join(', ')}`,
  );
}
