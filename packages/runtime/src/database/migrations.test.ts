import { createTestDatabase, type TestDatabase } from '@maxai/runtime/testing';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyMigrations, pendingMigrations, type MigrationTarget } from './index.ts';

let database: TestDatabase;
let target: MigrationTarget;

beforeEach(async () => {
  const source = { schema: 'sample', directory: join(import.meta.dirname, 'fixtures/migrations') };
  database = await createTestDatabase(source);
  const directory = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(source.directory, directory, { recursive: true });
  target = { url: database.ownerUrl, schema: 'sample', directory };
});

afterEach(async () => {
  rmSync(target.directory, { recursive: true });
  await database.drop();
});

function write(name: string, script: string): void {
  mkdirSync(join(target.directory, name), { recursive: true });
  writeFileSync(join(target.directory, name, 'migration.sql'), script);
}

/** Holds a lock on a table in a transaction of its own until it is told to end. */
async function holdTable(): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: target.url });
  await holder.connect();
  await holder.query('begin; lock table note in share mode');
  return () => holder.end();
}

async function query(statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: target.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

it('applies what is missing, once, even when two runners start together', async () => {
  write('20260103000000_more', 'create table more (id text); insert into more values ($$a;b$$);');
  expect(await pendingMigrations(target)).toEqual(['20260103000000_more']);
  const runs = await Promise.all([applyMigrations(target), applyMigrations(target)]);
  expect(runs.flat()).toEqual(['20260103000000_more']);
  expect(await pendingMigrations(target)).toEqual([]);
  expect(await query('select id from more')).toEqual([{ id: 'a;b' }]);
});

it('undoes a script that fails, names it, and applies it once it is mended', async () => {
  write('20260103000000_more', 'create table more (id text); select no_such_column from more;');
  await expect(applyMigrations(target)).rejects.toThrow(
    /schema sample were not applied: [^]*20260103000000_more[^]*no_such_column/,
  );
  expect(await query("select to_regclass('more') as more")).toEqual([{ more: null }]);
  write('20260103000000_more', 'create table more (id text);');
  expect(await applyMigrations(target)).toEqual(['20260103000000_more']);
  expect(await applyMigrations(target)).toEqual([]);
});

it('refuses a migration that was edited after it was applied', async () => {
  write('20260102000000_lookup', 'select 1;');
  await expect(applyMigrations(target)).rejects.toThrow('20260102000000_lookup was edited');
});

it('works without a lock file and reports nothing pending when the folder is behind', async () => {
  rmSync(join(target.directory, 'migration_lock.toml'));
  rmSync(join(target.directory, '20260102000000_lookup'), { recursive: true });
  expect(await pendingMigrations(target)).toEqual([]);
});

it('lets go of a locked table, comes again, and applies everything once it is free [R86]', async () => {
  write('20260103000000_before', 'create table before (id text);');
  write('20260104000000_change', 'alter table note add column colour text;');
  const release = await holdTable();
  const waits: number[] = [];
  const wait = async (ms: number) => {
    waits.push(ms);
    if (waits.length === 3) await release();
  };
  const applied = await applyMigrations(target, { firstDelayMs: 100, wait });
  expect(applied).toEqual(['20260103000000_before', '20260104000000_change']);
  expect(waits).toEqual([100, 200, 400]);
  expect(await query('select colour from note')).toEqual([]);
  expect(await applyMigrations(target)).toEqual([]);
});

it('gives up on a table that stays locked, says who to look for, and changed nothing', async () => {
  write('20260103000000_change', 'alter table note add column colour text;');
  const release = await holdTable();
  const wait = () => Promise.resolve();
  await expect(applyMigrations(target, { attemptsMax: 2, wait })).rejects.toThrow(
    /2 attempts found a table locked[^]*pg_stat_activity[^]*20260103000000_change/,
  );
  expect(await pendingMigrations(target)).toEqual(['20260103000000_change']);
  await release();
  expect(await applyMigrations(target)).toEqual(['20260103000000_change']);
});

it('a statement that runs too long ends by itself', async () => {
  write(
    '20260103000000_slow',
    "set local statement_timeout = '50ms'; create table more (id text); select pg_sleep(20);",
  );
  await expect(applyMigrations(target)).rejects.toThrow('statement timeout');
  expect(await query("select to_regclass('more') as more")).toEqual([{ more: null }]);
});

it('has a second for a lock and a minute for a statement, and half an hour where nobody waits', async () => {
  const limits = `current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`;
  write('20260103000000_limits', `create table limits as select ${limits};`);
  write('20260104000000_alone', `create table alone as select ${limits} -- concurrently`);
  await applyMigrations(target);
  expect(await query('select * from limits')).toEqual([{ lock: '1s', statement: '1min' }]);
  expect(await query('select * from alone')).toEqual([{ lock: '0', statement: '30min' }]);
});

it('builds an index concurrently while a second runner waits, after one that was left invalid', async () => {
  await query(
    `insert into note select id::text, 'ten_1', 1, 1, now(), now(), '{}' from generate_series(1, 2) id`,
  );
  const failed = query('create unique index concurrently note_size on note (size)');
  await expect(failed).rejects.toThrow('note_size');
  write(
    '20260103000000_index',
    'create index concurrently if not exists note_size on note (size);',
  );
  const runs = await Promise.all([applyMigrations(target), applyMigrations(target)]);
  expect(runs.flat()).toEqual(['20260103000000_index']);
  expect(
    await query(
      "select indisvalid, indisunique from pg_index where indexrelid = 'note_size'::regclass",
    ),
  ).toEqual([{ indisvalid: true, indisunique: false }]);
});

it('does not wait for ever for a runner that hangs', async () => {
  const other = new Client({ connectionString: target.url });
  await other.connect();
  await other.query("select pg_advisory_lock(hashtextextended('migrate', 0))");
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  await expect(applyMigrations(target, { turnWaitMs: 1000, wait })).rejects.toThrow(
    'another runner is at work in this database for more than 1 s',
  );
  expect(waits).toHaveLength(5);
  await other.end();
});
