import type { RepositoryName } from '@maxai/topology/recovery';
import { Redis } from 'ioredis';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { endServerOn, serverOn } from '../local/postgres-server.ts';
import type { LocalPlan } from '../platform/local-plan.ts';
import { runningSupervisor } from '../supervisor/leftovers.ts';
import { waitUntil } from '../supervisor/probe.ts';
import type { ChildRecord, StateFolder } from '../supervisor/state-folder.ts';
import { backupLayout, readBackupSettings } from './backup-layout.ts';
import { withClient } from './check-readable.ts';
import { listBackups } from './list-backups.ts';
import { holdPostgres } from './postgres-hold.ts';
import { discardAside, recoverAside } from './recover-aside.ts';
import { chooseRestorePoint, type RestoreTarget } from './restore-point.ts';
import { readHistory } from './timeline-history.ts';
import { untilHolds } from './until-holds.ts';

export type RestoreOptions = {
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly target: RestoreTarget;
  readonly repository: RepositoryName | undefined;
  readonly now: Date;
  readonly report: (step: string) => void;
  /** Gives the restore up with its reason; once the restored data is in place, the restore ends all the same. */
  readonly signal?: AbortSignal | undefined;
};

export type Restored = {
  readonly backup: string;
  readonly repository: RepositoryName;
  readonly durationMs: number;
  /** What was there before, until the next restore. */
  readonly replacedData: string | null;
};

const settleLimitMs = 15_000;
const startLimitMs = 120_000;

function postgresChild(state: StateFolder): ChildRecord | undefined {
  return runningSupervisor(state)?.children.find(({ name }) => name === 'postgres');
}

/** The superuser's connection to the running server, in one of its databases. */
export function adminUrl(
  plan: LocalPlan,
  secrets: Readonly<Record<string, string>>,
  database = 'postgres',
): string {
  const password = encodeURIComponent(String(secrets[plan.postgres.adminPasswordSecret]));
  return `postgres://postgres:${password}@127.0.0.1:${plan.postgres.port}/${database}`;
}

/**
 * Stops the server so that it archives what it has. The commit before that is later than any time asked for, and
 * recovery knows a time as reached only when it sees a later commit. One that is just being started is waited for:
 * only then is its process known. A server too damaged for any of it is stopped anyhow.
 */
async function stopPostgres(state: StateFolder, data: string, url: string): Promise<void> {
  await waitUntil(() => postgresChild(state)?.state === 'running', settleLimitMs);
  await withClient(url, (client) => client.query('select pg_current_xact_id()')).catch(
    () => undefined,
  );
  await endServerOn(data);
}

async function untilBack(state: StateFolder, data: string): Promise<void> {
  const isBack = () => {
    const child = postgresChild(state);
    return child?.state === 'running' && child.pid === serverOn(data);
  };
  await untilHolds(isBack, startLimitMs, {
    what: 'PostgreSQL did not come back after the restore.',
    fix: 'npx maxai logs postgres says why; what was replaced is kept beside the data',
  });
}

/** Queues and caches speak of rows that may be gone; the sweepers fill the queues again from what is there. */
async function emptyRedis({ redis }: LocalPlan): Promise<void> {
  for (const { port } of redis) {
    const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true });
    await client.connect();
    await client.flushall();
    await client.quit();
  }
}

/** Awaits nothing, so that no interruption comes between. Returns where what was there before lies. */
function swapIn(data: string, recovered: string): string | null {
  const replaced = existsSync(data) ? `${data}.replaced` : null;
  if (replaced !== null) {
    rmSync(replaced, { recursive: true, force: true });
    renameSync(data, replaced);
  }
  renameSync(recovered, data);
  return replaced;
}

/**
 * Puts the database back to a moment: recovered beside the running one's data, checked, then swapped in. Until the
 * swap the data is untouched. A platform that runs goes on running; its processes meet a database that is away.
 */
export async function restorePlatform(options: RestoreOptions): Promise<Restored> {
  const { state, plan, secrets, target, repository, now, report, signal } = options;
  const startedAt = performance.now();
  const layout = backupLayout(state);
  readBackupSettings(layout);
  const backups = await listBackups(layout);
  const history = await readHistory(layout);
  const point = chooseRestorePoint(target, { backups, history, repository, now });
  const child = postgresChild(state);
  signal?.throwIfAborted();
  const release = holdPostgres(state);
  let replacedData: string | null = null;
  try {
    if (child !== undefined) {
      report('Stop PostgreSQL');
      await stopPostgres(state, layout.data, adminUrl(plan, secrets));
    }
    const { backup } = point;
    report(`Recover a copy from ${backup.label} (${backup.repository} repository)`);
    const recovered = await recoverAside(layout, point, {
      password: String(secrets[plan.postgres.adminPasswordSecret]),
      database: plan.postgres.database,
      logFile: state.file('postgres.log'),
      signal,
    });
    await endServerOn(layout.data);
    if (signal?.aborted === true) await discardAside(layout);
    signal?.throwIfAborted();
    replacedData = swapIn(layout.data, recovered);
    signal?.addEventListener('abort', () => report('The restored data is in place: finishing'));
    report('Empty queues and caches');
    if (child === undefined) {
      for (const { name } of plan.redis) {
        rmSync(state.file(`redis-${name}`), { recursive: true, force: true });
      }
    } else await emptyRedis(plan);
    report('Start PostgreSQL');
  } finally {
    release();
    // Also when the restore failed: the supervisor starts the server on the data as it was.
    if (child !== undefined) await untilBack(state, layout.data);
  }
  return {
    backup: point.backup.label,
    repository: point.backup.repository,
    durationMs: Math.round(performance.now() - startedAt),
    replacedData,
  };
}
