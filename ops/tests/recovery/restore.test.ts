import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@maxai/runtime/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verificationText } from '../../src/commands/backup/report.ts';
import { serverOn } from '../../src/local/postgres-server.ts';
import type { LocalPlan } from '../../src/platform/local-plan.ts';
import { backupLayout } from '../../src/recovery/backup-layout.ts';
import { createBackup } from '../../src/recovery/create-backup.ts';
import { enableBackups } from '../../src/recovery/enable-backups.ts';
import type { Backup } from '../../src/recovery/list-backups.ts';
import { holdPostgres } from '../../src/recovery/postgres-hold.ts';
import { asideOf, recoverAside } from '../../src/recovery/recover-aside.ts';
import { restorePlatform } from '../../src/recovery/restore-platform.ts';
import { parseRestoreTarget, type RestorePoint } from '../../src/recovery/restore-point.ts';
import { firstHistory, readHistory } from '../../src/recovery/timeline-history.ts';
import { verifyBackups } from '../../src/recovery/verify-backups.ts';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import {
  fixturePlan,
  fixturePlatform,
  newState,
  secrets,
  type FixturePlatform,
} from '../fixtures/local-platform.ts';

const limitMs = 120_000;
const password = String(secrets['admin']);

let state: StateFolder;
let plan: LocalPlan;
let platform: FixturePlatform;
let first: Backup;
let reported: string[];

async function sql(statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({
    connectionString: `postgres://postgres:${password}@127.0.0.1:${plan.postgres.port}/fixture`,
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
const kept = async () => (await sql('select id from kept order by id')).map(({ id }) => id);
const now = async () => (await sql('select clock_timestamp() as now'))[0]!['now'] as Date;
const backUp = async () => {
  const wanted = { repository: 'primary', type: 'incr' } as const;
  return (await createBackup(state, wanted, { password, now: new Date() })).backup;
};

/** Aborted at the step whose report begins so. */
async function restore(to: string, abortAt?: string, interruption = new AbortController()) {
  reported = [];
  return restorePlatform({
    state,
    plan,
    secrets,
    target: parseRestoreTarget(to),
    repository: undefined,
    now: new Date(),
    report: (step) => {
      reported.push(step);
      if (abortAt !== undefined && step.startsWith(abortAt)) interruption.abort(interrupted);
    },
    signal: interruption.signal,
  });
}
const interrupted = new Error('interrupted');
const aside = () => asideOf(backupLayout(state));
const recovery = () => ({ password, database: 'fixture', logFile: state.file('postgres.log') });
const firstItself = (): RestorePoint => ({
  backup: first,
  target: { kind: 'backup', label: first.label },
  options: ['--type=immediate', '--target-action=pause'],
});

beforeAll(async () => {
  state = newState();
  plan = await fixturePlan([]);
  enableBackups(state, { port: plan.postgres.port, separateStorage: undefined });
  platform = fixturePlatform(plan, state);
  await platform.start();
  await sql('create table kept (id int primary key); insert into kept values (1)');
  first = await backUp();
}, limitMs);
afterAll(async () => {
  await platform.stop();
  rmSync(state.path, { recursive: true });
}, limitMs);

describe('a database that was never restored', () => {
  it('is on its first timeline, by its own log and by the archive', async () => {
    const layout = backupLayout(state);
    expect(await readHistory(layout)).toEqual(firstHistory);
    expect(await readHistory({ ...layout, data: '/nowhere' })).toEqual(firstHistory);
  });
});

describe('a restore that fails', () => {
  it(
    'for want of room beside the data says so, when no backup is damaged',
    { timeout: limitMs },
    async () => {
      const small = mkdtempSync(join(tmpdir(), 'maxai-small-'));
      chmodSync(small, 0o711);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]);
      const limit = (bytes: string) =>
        spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
      if (mounted.status !== 0) limit('20000');
      const layout = { ...backupLayout(state), data: join(small, 'data') };
      const failing = recoverAside(layout, firstItself(), recovery()).finally(() => {
        if (mounted.status === 0) spawnSync('umount', [small]);
        else limit('unlimited');
        rmSync(small, { recursive: true });
      });
      await expect(failing).rejects.toThrow(/restore failed[^]*make room beside the data/);
    },
  );

  it(
    'tells of what it failed when the repository cannot be verified either',
    { timeout: limitMs },
    async () => {
      const { includeFolder } = backupLayout(state);
      const [keys, elsewhere] = [join(includeFolder, 'keys.conf'), join(includeFolder, 'keys')];
      renameSync(keys, elsewhere);
      const failing = recoverAside(backupLayout(state), firstItself(), recovery());
      await failing.catch(() => undefined);
      renameSync(elsewhere, keys);
      await expect(failing).rejects.toThrow(/pgbackrest restore failed[^]*cipher/);
    },
  );

  it('to reach its target in time leaves no copy', { timeout: limitMs }, async () => {
    const failing = recoverAside(backupLayout(state), firstItself(), { ...recovery(), limitMs: 0 });
    await expect(failing).rejects.toThrow(/not paused or promoted within 0 min[^]*backup list/);
    expect(existsSync(aside())).toBe(false);
  });
});

describe('an interrupted restore', () => {
  it('leaves the data as it was while a copy is made', { timeout: limitMs }, async () => {
    await expect(restore('latest', 'Recover a copy')).rejects.toBe(interrupted);
    expect(existsSync(aside())).toBe(false);
    expect(await kept()).toEqual([1]);
  });

  it('leaves the data as it was while the copy recovers', { timeout: limitMs }, async () => {
    const interruption = new AbortController();
    await Promise.all([
      expect(restore('latest', undefined, interruption)).rejects.toBe(interrupted),
      until(() => serverOn(aside()), limitMs).then(() => interruption.abort(interrupted)),
    ]);
    expect(existsSync(aside())).toBe(false);
    expect(await kept()).toEqual([1]);
  });

  it('leaves alone what another one is at', { timeout: limitMs }, async () => {
    const release = holdPostgres(state);
    mkdirSync(aside());
    await expect(restore('latest')).rejects.toThrow(/Another restore/);
    const stopped = new AbortController();
    stopped.abort(interrupted);
    await expect(restore('latest', undefined, stopped)).rejects.toBe(interrupted);
    expect(existsSync(aside())).toBe(true);
    release();
  });

  it('is finished once the restored data is in place', { timeout: limitMs }, async () => {
    await sql('insert into kept values (2)');
    await restore(first.label, 'Empty queues');
    expect(reported).toContain('The restored data is in place: finishing');
    expect(reported.at(-1)).toBe('Start PostgreSQL');
    expect(await kept()).toEqual([1]);
  });
});

describe('archived log that is damaged', () => {
  it('is told apart from a damaged backup', { timeout: limitMs }, async () => {
    const { primaryRepository } = backupLayout(state);
    const segments = globSync(join(primaryRepository, 'archive/maxai/*/*/*.gz')).toSorted();
    const segment = String(segments.at(-1));
    const whole = readFileSync(segment);
    writeFileSync(segment, Buffer.from(whole).fill(7, whole.length / 2, whole.length / 2 + 16));
    const said = verificationText(await verifyBackups(state));
    writeFileSync(segment, whole);
    expect(said).toMatch(/Fix: back up, so that no later moment needs the damaged log/);
    expect(said).not.toContain('--type full');
  });
});

describe('a backup made after the moment that was restored to', () => {
  it(
    'is left out of what follows, and can still be had by its label',
    { timeout: limitMs },
    async () => {
      await sql('insert into kept values (7)');
      const moment = await now();
      await sql('delete from kept');
      const late = await backUp();
      await restore(moment.toISOString());
      await sql('insert into kept values (8)');
      const afterwards = await now();
      await sql('insert into kept values (9)');
      for (const to of ['latest', afterwards.toISOString()]) {
        expect((await restore(to)).backup).toBe(first.label);
      }
      expect(await kept()).toEqual([1, 7, 8]);
      await restore(late.label);
      expect(await kept()).toEqual([]);
    },
  );

  it('is known as such when the data is lost as well', async () => {
    const { data, ...layout } = backupLayout(state);
    const own = await readHistory({ data, ...layout });
    expect(own.timeline).toBeGreaterThan(1);
    expect(await readHistory({ data: '/nowhere', ...layout })).toEqual(own);
  });
});
