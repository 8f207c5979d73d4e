import { archiveTimeoutSeconds } from '@maxai/topology/recovery';
import { setTimeout as wait } from 'node:timers/promises';
import { debianPostgres, type PostgresInstallation } from '../local/postgres-installation.ts';
import type { LocalServer } from '../local/postgres-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { backupLayout, backupsEnabled, type BackupLayout } from './backup-layout.ts';
import { withClient } from './check-readable.ts';
import { pgBackRestCommand, PgBackRestError, runPgBackRest } from './pgbackrest.ts';

const turnLimitMs = 60_000;
const turnPollMs = 200;

/** How PostgreSQL must run for its write-ahead log to reach the repositories. */
export type Archiving = {
  readonly installation: PostgresInstallation;
  readonly settings: Readonly<Record<string, string>>;
  /** Makes the repositories ready for this database, which already writes; again, it changes nothing. */
  readonly prepare: (server: Pick<LocalServer, 'url'>, password: string) => Promise<void>;
};

/** `data` is the folder the server runs on, when that is not yet the layout's own. */
export function archivingOf(layout: BackupLayout, data: string = layout.data): Archiving {
  const command = [...pgBackRestCommand(layout), `--pg1-path=${data}`].map((word) => `'${word}'`);
  return {
    installation: debianPostgres,
    settings: {
      unix_socket_directories: layout.socketFolder,
      archive_mode: 'on',
      archive_command: `${command.join(' ')} archive-push %p`,
      archive_timeout: String(archiveTimeoutSeconds),
      wal_level: 'replica',
    },
    prepare: async ({ url }, password) => {
      await createStanza(layout, password);
      // What could not be archived until now would otherwise wait for a minute.
      await withClient(url, async (client) => {
        await client.query(`select pg_create_restore_point('archiving')`);
        await client.query('select pg_switch_wal()');
      });
    },
  };
}

/** Waits for its turn: the server that has just begun may be archiving at this moment. */
async function createStanza(layout: BackupLayout, password: string): Promise<void> {
  const deadline = Date.now() + turnLimitMs;
  for (;;) {
    try {
      await runPgBackRest(layout, ['stanza-create'], { password });
      return;
    } catch (error) {
      const isTaken = error instanceof PgBackRestError && error.isLocked;
      if (!isTaken || Date.now() > deadline) throw error;
      await wait(turnPollMs);
    }
  }
}

/** Archiving, when the platform of this state folder keeps backups. */
export function archivingFor(state: StateFolder): Archiving | undefined {
  const layout = backupLayout(state);
  return backupsEnabled(layout) ? archivingOf(layout) : undefined;
}
