import { createTestDatabase, type TestDatabase } from '@maxai/runtime/testing';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, provisionDatabase } from './index.ts';

const database = 'provisioned';
const roles = (appPassword: string) => ({
  schema: 'shop',
  ownerRole: 'shop_owner',
  ownerPassword: "own'er",
  appRole: 'shop_app',
  appPassword,
});

let other: TestDatabase;

beforeAll(async () => {
  other = await createTestDatabase({
    schema: 'sample',
    directory: join(import.meta.dirname, 'fixtures/migrations'),
  });
});

afterAll(async () => {
  const admin = new Client({ connectionString: inject('testServers').postgresUrl });
  await admin.connect();
  await admin.query(`drop database ${database}`);
  await admin.query('drop database workflows');
  await admin.query('drop role workflows');
  await admin.end();
  await other.drop();
});

const owned = [{ database: 'workflows', role: 'workflows', password: "work'er" }];

function provision(appPassword: string): Promise<void> {
  const adminUrl = inject('testServers').postgresUrl;
  return provisionDatabase({ adminUrl, database, schemas: [roles(appPassword)], owned });
}

async function as(role: string, password: string, statement: string, inside = database) {
  const url = new URL(inject('testServers').postgresUrl);
  Object.assign(url, {
    username: role,
    password: encodeURIComponent(password),
    pathname: `/${inside}`,
  });
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

it('gives the app role the rows of the tables its owner makes, and nothing else; a second run changes only passwords', async () => {
  await Promise.all([provision('first'), provision('first')]);
  await as('shop_owner', "own'er", 'create table item (id text); insert into item values (1)');
  await provision('second');
  expect(await as('shop_app', 'second', 'select * from item')).toEqual([{ id: '1' }]);
  await expect(as('shop_app', 'first', 'select 1')).rejects.toThrow(
    'password authentication failed',
  );
  await expect(as('shop_app', 'second', 'create table mine (id text)')).rejects.toThrow(
    'permission denied',
  );
  await expect(as('shop_app', 'second', 'create table public.mine (id text)')).rejects.toThrow(
    'permission denied',
  );
  expect(
    await as(
      'shop_app',
      'second',
      "select current_setting('statement_timeout') as limit, current_setting('plan_cache_mode') as plans",
    ),
  ).toEqual([{ limit: '15s', plans: 'force_custom_plan' }]);
});

it("keeps a schema's roles out of a database they were not provisioned for", async () => {
  await provision('second');
  await expect(as('sample_app', 'test', 'select 1')).rejects.toMatchObject({
    message: expect.stringContaining('permission denied for database') as string,
  });
  const db = createDatabase({ url: other.appUrl, poolMax: 1, applicationName: 'provision-test' });
  await expect(db.ping()).resolves.toBeUndefined();
  await db.close();
});

it('gives a database of its own to a role that owns it, makes no other and reaches no other', async () => {
  await Promise.all([provision('second'), provision('second')]);
  const ask = (statement: string, inside = 'workflows') =>
    as('workflows', "work'er", statement, inside);
  await ask('create table public.flow (id text)');
  expect(await ask("insert into flow values ('one') returning id")).toEqual([{ id: 'one' }]);
  await expect(ask('select 1', database)).rejects.toThrow('permission denied for database');
  await expect(ask('create database another')).rejects.toThrow('permission denied');
  await expect(ask('create role another')).rejects.toThrow('permission denied');
  await expect(as('shop_app', 'second', 'select 1', 'workflows')).rejects.toThrow(
    'permission denied for database',
  );
  expect(
    await ask(
      'select rolsuper, rolbypassrls, rolreplication, rolconnlimit from pg_roles where rolname = current_user',
    ),
  ).toEqual([{ rolsuper: false, rolbypassrls: false, rolreplication: false, rolconnlimit: 20 }]);
});
