import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalPlan } from '../../src/platform/local-plan.ts';
import { backupLayout, sealedSecretsFolder } from '../../src/recovery/backup-layout.ts';
import { archivingOf } from '../../src/recovery/archiving.ts';
import { runPgBackRest } from '../../src/recovery/pgbackrest.ts';
import { schedulePlatformBackups } from '../../src/recovery/platform-schedule.ts';
import { createBackup } from '../../src/recovery/create-backup.ts';
import { enableBackups } from '../../src/recovery/enable-backups.ts';
import { listBackups } from '../../src/recovery/list-backups.ts';
import { holdPostgres } from '../../src/recovery/postgres-hold.ts';
import { adminUrl, restorePlatform } from '../../src/recovery/restore-platform.ts';
import { parseRestoreTarget } from '../../src/recovery/restore-point.ts';
import { recoveryKeyName } from '../../src/recovery/secrets-backup.ts';
import { verifyBackups } from '../../src/recovery/verify-backups.ts';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import {
  fixturePlan,
  fixturePlatform,
  newState,
  secrets,
  type FixturePlatform,
} from '../fixtures/local-platform.ts';

const given = () => ({ password: String(secrets['admin']), now: new Date() });
const limitMs = 120_000;

let state: StateFolder;
let separateStorage: string;
let plan: LocalPlan;
let platform: FixturePlatform;
let hasSmallDisk: boolean;

async function sql(statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({
    connectionString: `postgres://postgres:${secrets['admin']}@127.0.0.1:${plan.postgres.port}/fixture`,
  });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
const kept = async () => (await sql('select id from kept order by id')).map(({ id }) => id);
const restore = (to: string, repository?: 'primary' | 'separate') =>
  restorePlatform({
    state,
    plan,
    secrets,
    target: parseRestoreTarget(to),
    repository,
    now: new Date(),
    report: () => undefined,
  });
const inRepository = (pattern: string) =>
  globSync(pattern, { cwd: backupLayout(state).primaryRepository }).map((name) =>
    join(backupLayout(state).primaryRepository, name),
  );

/** Overwrites bytes in the middle of a file, so that its length stays. */
function damage(file: string): () => void {
  const whole = readFileSync(file);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(16, 7), 0, 16, Math.floor(whole.length / 2));
  closeSync(descriptor);
  return () => writeFileSync(file, whole);
}

/** A small disk of its own for the primary repository; false where only root may mount one. */
function mountSmallDisk(): boolean {
  const { primaryRepository, account } = backupLayout(state);
  const owner = account === undefined ? '' : `,uid=${account.uid},gid=${account.gid}`;
  const options = ['-t', 'tmpfs', '-o', `size=64m,mode=700${owner}`, 'tmpfs', primaryRepository];
  return spawnSync('mount', options).status === 0;
}

/** Nothing more can be written: the disk is full, or no file may grow. Returns how to end it. */
function fillDisk(): () => void {
  if (hasSmallDisk) {
    const filler = join(backupLayout(state).primaryRepository, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
    return () => rmSync(filler);
  }
  const limit = (bytes: string) =>
    spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
  limit('20000');
  return () => limit('unlimited');
}

beforeAll(async () => {
  state = newState();
  separateStorage = mkdtempSync(join(tmpdir(), 'maxai-separate-'));
  chmodSync(separateStorage, 0o711);
  plan = await fixturePlan([]);
  enableBackups(state, { port: plan.postgres.port, separateStorage });
  hasSmallDisk = mountSmallDisk();
  platform = fixturePlatform(plan, state);
  await platform.start();
  await sql('create table kept (id int primary key); insert into kept values (1)');
}, limitMs);
afterAll(async () => {
  await platform.stop();
  if (hasSmallDisk) spawnSync('umount', [backupLayout(state).primaryRepository]);
  rmSync(state.path, { recursive: true });
  rmSync(separateStorage, { recursive: true });
}, limitMs);

describe('backups', () => {
  it('are refused as a target while there is none', async () => {
    await expect(restore('latest')).rejects.toThrow(/There is no backup[^]*backup create/);
    expect((await verifyBackups(state)).secrets).toBe('none yet');
  });

  it(
    'lie in two repositories, encrypted, with the keys outside both, and the secrets sealed apart [R20,R118]',
    { timeout: limitMs },
    async () => {
      for (const repository of ['primary', 'separate'] as const) {
        const { backup } = await createBackup(state, { repository, type: 'full' }, given());
        expect(backup).toMatchObject({ repository, type: 'full' });
      }
      const layout = backupLayout(state);
      expect((await listBackups(layout)).map(({ repository }) => repository)).toEqual([
        'primary',
        'separate',
      ]);
      const stored = [...inRepository('**/*'), ...globSync(join(separateStorage, '**/*'))].filter(
        (file) => !file.endsWith('.tmp') && statSync(file).isFile(),
      );
      expect(stored.length).toBeGreaterThan(1000);
      const all = JSON.parse(readFileSync(state.file('secrets.json'), 'utf8')) as object;
      const keys = Object.values(all) as string[];
      for (const file of stored) {
        const content = readFileSync(file, 'latin1');
        expect(keys.every((key) => !content.includes(key))).toBe(true);
        // Every encrypted file of pgBackRest begins so; a plain one would be gzip or text.
        expect(file.includes('/secrets/') ? 'Salted__' : content.slice(0, 8)).toBe('Salted__');
      }
      expect(statSync(join(layout.includeFolder, 'keys.conf')).mode & 0o777).toBe(0o600);
      expect(existsSync(join(sealedSecretsFolder({ separateStorage })))).toBe(true);
    },
  );

  it(
    'are whole, every file and segment of them, and the secrets open',
    { timeout: limitMs },
    async () => {
      const verification = await verifyBackups(state);
      expect(verification).toMatchObject({ secrets: 'opened', damage: [] });
      expect(verification.filesChecked).toBeGreaterThan(1000);
      expect(verification.segmentsChecked).toBeGreaterThan(1);
    },
  );
});

describe('the schedule of a platform', () => {
  const scheduleOf = (of: StateFolder) =>
    schedulePlatformBackups({ state: of, plan, secrets, report: (line) => lines.push(line) });
  const lines: string[] = [];

  it('has nothing to do where today’s backups are made or none are kept', async () => {
    await scheduleOf(state).stop();
    const other = newState();
    await scheduleOf(other).stop();
    rmSync(other.path, { recursive: true });
    expect(lines).toEqual([]);
  });

  it('gives a backup up when it is stopped, and a second one waits its turn', async () => {
    const layout = backupLayout(state);
    const password = String(secrets['admin']);
    const options = { password, signal: AbortSignal.abort() };
    await expect(runPgBackRest(layout, ['backup', '--repo=1'], options)).rejects.toThrow(
      /pgbackrest backup failed/,
    );
    const server = { url: adminUrl(plan, secrets) };
    const prepare = () => archivingOf(layout).prepare(server, password);
    await Promise.all([prepare(), prepare(), prepare()]);
    expect((await listBackups(layout)).length).toBe(2);
  });

  it('goes on with a configuration of before the database moved its socket', async () => {
    const layout = backupLayout(state);
    const config = readFileSync(layout.configFile, 'utf8');
    writeFileSync(layout.configFile, config.replace(/^(pg1-socket-path=).*$/m, '$1/nowhere'));
    expect(readFileSync(layout.configFile, 'utf8')).not.toBe(config);
    const server = { url: adminUrl(plan, secrets) };
    // As at each start of the database; it waits for whoever is archiving.
    const prepared = archivingOf(layout).prepare(server, String(secrets['admin']));
    await expect(prepared).resolves.toBeUndefined();
    writeFileSync(layout.configFile, config);
  });

  it('finds a copy of the secrets that was altered', { timeout: limitMs }, async () => {
    const folder = sealedSecretsFolder({ separateStorage });
    const newest = join(folder, String(readdirSync(folder).toSorted().at(-1)));
    const mend = damage(newest);
    expect((await verifyBackups(state)).damage).toEqual([
      { where: 'secrets', what: expect.stringContaining(newest) },
    ]);
    mend();
  });
});

describe('a restore of a platform that runs', () => {
  it(
    'puts every row and the schema back as they were at a moment, within half an hour [R90,R117,R126]',
    { timeout: limitMs },
    async () => {
      await sql('insert into kept values (2)');
      const [row] = await sql('select clock_timestamp() as now');
      const moment = (row!['now'] as Date).toISOString();
      await sql(
        'delete from kept; alter table kept add column later int; insert into kept values (3)',
      );
      const restored = await restore(moment);
      expect(await sql('select * from kept order by id')).toEqual([{ id: 1 }, { id: 2 }]);
      expect(restored.durationMs).toBeLessThan(30 * 60_000);
      expect(existsSync(String(restored.replacedData))).toBe(true);
      expect(platform.reports.join()).toContain('postgres died');
    },
  );

  it(
    'to the newest state loses nothing that was committed, whichever repository it comes from',
    { timeout: limitMs },
    async () => {
      await sql('insert into kept values (4)');
      await restore('latest', 'separate');
      expect(await kept()).toEqual([1, 2, 4]);
    },
  );

  it('is refused before the first backup, in the future, and beside another one', async () => {
    await expect(restore('2020-01-01T00:00:00Z')).rejects.toThrow(/before the first backup/);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await expect(restore(tomorrow)).rejects.toThrow(/lies in the future/);
    const release = holdPostgres(state);
    await expect(restore('latest')).rejects.toThrow(/Another restore \(pid \d+\) is at work/);
    release();
    expect(await kept()).toEqual([1, 2, 4]);
  });

  it(
    'is refused when the backup is damaged: the file is named, the data stays, the other repository serves [R125]',
    { timeout: limitMs },
    async () => {
      const [file = ''] = inRepository('backup/maxai/*F/pg_data/base/*/1259.gz');
      const mend = damage(file);
      const name = file.slice(file.indexOf('/pg_data/'));
      const { damage: found } = await verifyBackups(state);
      expect(found.map(({ where }) => where)).toEqual(['primary']);
      expect(found[0]?.what).toContain(name);
      const refusal = restore('latest', 'primary');
      await expect(refusal).rejects.toThrow(/cannot be restored; the data is as it was/);
      await expect(refusal).rejects.toThrow(new RegExp(`${name}[^]*--repository separate`));
      expect(await kept()).toEqual([1, 2, 4]);
      truncateSync(file, 40);
      const { damage: shortened } = await verifyBackups(state);
      expect(shortened.map(({ what }) => what).join()).toContain(name);
      mend();
      expect((await verifyBackups(state)).damage).toEqual([]);
    },
  );

  it('keeps the data when the log does not reach the moment', { timeout: limitMs }, async () => {
    const [first] = await listBackups(backupLayout(state));
    const segments = inRepository('archive/maxai/*/*/*.gz').toSorted();
    const moment = new Date().toISOString();
    const mends = segments.slice(1).map((file) => {
      const content = readFileSync(file);
      rmSync(file);
      return () => writeFileSync(file, content);
    });
    await expect(restore(moment, 'primary')).rejects.toThrow(
      new RegExp(`(did not reach its target|cannot be restored)[^]*${String(first?.label)}`),
    );
    for (const mend of mends) mend();
    expect(await kept()).toEqual([1, 2, 4]);
  });
});

describe('a full disk', () => {
  it(
    'fails the backup with what to do, and leaves the earlier ones usable',
    { timeout: limitMs },
    async () => {
      const before = await listBackups(backupLayout(state));
      const makeRoom = fillDisk();
      const failing = createBackup(state, { repository: 'primary', type: 'full' }, given());
      await expect(failing.finally(makeRoom)).rejects.toThrow(
        /pgbackrest backup failed[^]*make room at the repository/,
      );
      expect(await listBackups(backupLayout(state))).toEqual(before);
      expect((await verifyBackups(state)).damage).toEqual([]);
      await sql('insert into kept values (5)');
      const { backup } = await createBackup(
        state,
        { repository: 'primary', type: 'incr' },
        given(),
      );
      await sql('insert into kept values (6)');
      await restore(backup.label);
      expect(await kept()).toEqual([1, 2, 4, 5]);
    },
  );
});

describe('a platform', () => {
  it('that keeps no backups is told how to', async () => {
    const other = newState();
    await expect(verifyBackups(other)).rejects.toThrow(/keeps no backups[^]*--with backups/);
    writeFileSync(other.file('here'), '');
    rmSync(other.path, { recursive: true });
  });

  it('whose data another PostgreSQL made, whose path is too long, or whose storage is closed is told so', () => {
    const other = newState();
    const enable = (storage?: string) =>
      enableBackups(other, { port: 1, separateStorage: storage });
    const closed = join(other.path, 'closed');
    spawnSync('mkdir', ['-m', '700', closed]);
    const refusal = () => {
      try {
        enable(join(closed, 'storage'));
        return 'it was accepted';
      } catch (error) {
        return String(error);
      }
    };
    // Where the database runs as whoever runs this, nothing of theirs is closed to it.
    expect(backupLayout(other).account ? refusal() : 'cannot enter').toContain('cannot enter');
    spawnSync('mkdir', [backupLayout(other).data]);
    writeFileSync(join(backupLayout(other).data, 'PG_VERSION'), '18\n');
    expect(() => enable()).toThrow(/of PostgreSQL 18[^]*maxai reset/);
    rmSync(other.path, { recursive: true });

    const long = newState();
    const deep = { ...long, path: join(long.path, 'x'.repeat(80)) };
    spawnSync('mkdir', ['-m', '711', deep.path]);
    expect(() => enableBackups(deep, { port: 1, separateStorage: undefined })).toThrow(
      /takes no socket in/,
    );
    expect(existsSync(long.file(recoveryKeyName))).toBe(false);
    rmSync(long.path, { recursive: true });
  });
});
