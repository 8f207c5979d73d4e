import { backupPolicy, backupRepositories } from '@maxai/topology/recovery';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError } from '../supervisor/command-error.ts';
import { dueBackups, type BackupToMake } from './due-backups.ts';
import type { Backup } from './list-backups.ts';

export type BackupSchedule = {
  /** Takes no further backup and gives up the one under way. */
  readonly stop: () => Promise<void>;
};

const repositories = backupRepositories(backupPolicy);

/** Makes each backup when its turn comes, looking every `everyMs`; one that fails is reported and tried again. */
export function startBackupSchedule(given: {
  readonly list: () => Promise<readonly Backup[]>;
  readonly create: (wanted: BackupToMake, signal: AbortSignal) => Promise<unknown>;
  readonly report: (line: string) => void;
  readonly now: () => Date;
  readonly everyMs: number;
}): BackupSchedule {
  const { list, create, report, now, everyMs } = given;
  const stopping = new AbortController();

  async function makeDue(): Promise<void> {
    try {
      for (const wanted of dueBackups(repositories, await list(), now())) {
        if (stopping.signal.aborted) return;
        await create(wanted, stopping.signal);
        report(`Backed up (${wanted.type}) into the ${wanted.repository} repository`);
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      report(`A backup that was due was not made: ${describeError(error)}`);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await makeDue();
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
