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

async function query(statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: target.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
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
