import * as operations from '@maxai/contracts/http/iam';
import { newId } from '@maxai/kernel/ids';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIam, type IamFixture } from './iam-fixture.ts';

const tables = [
  'agent',
  'api_key',
  'app_user',
  'audit_event',
  'client',
  'connection',
  'flag',
  'member',
  'session',
  'tenant',
];

let iam: IamFixture;
let app: Client;
let harbor: Awaited<ReturnType<IamFixture['createAgency']>>;
let stranger: Awaited<ReturnType<IamFixture['createAgency']>>;

async function fillTenant() {
  const agency = await iam.createAgency();
  const { owner: as, tenantId, client } = agency;
  const body = { clientId: client.id, name: 'Ava', channel: 'voice' as const };
  await iam.call(operations.createAgent, { as, body });
  await iam.call(operations.setFlag, { as, params: { key: 'beta' }, body: { enabled: true } });
  await iam.call(operations.createConnection, {
    as,
    body: { provider: 'retell', name: 'r', account: {}, credentials: {}, webhookSecrets: [] },
  });
  await iam.owner.query(
    `insert into session select $2, tenant_id, id, $2, '', now(), now(), null from app_user where tenant_id = $1`,
    [tenantId, newId('session')],
  );
  return agency;
}

beforeAll(async () => {
  iam = await startIam();
  harbor = await fillTenant();
  stranger = await fillTenant();
  app = new Client({ connectionString: iam.database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await iam.stop();
});

/** Runs one statement as the service's role, in a transaction scoped to a tenant or to none. */
async function asApp(scope: string | undefined, statement: string, values: unknown[] = []) {
  await app.query('begin');
  try {
    if (scope !== undefined)
      await app.query(`select set_config('app.tenant_id', $1, true)`, [scope]);
    return await app.query<Record<string, unknown>>(statement, values);
  } finally {
    await app.query('rollback');
  }
}

describe('the role the service runs as', () => {
  test('has row-level security on every table there is', async () => {
    expect(await tablesWithoutRowSecurity(iam.database.ownerUrl)).toEqual([]);
    const { rows } = await iam.owner.query<{ tablename: string }>(
      `select tablename from pg_tables where schemaname = current_schema() and tablename <> '_prisma_migrations' order by 1`,
    );
    expect(rows.map((row) => row.tablename)).toEqual(tables);
  });

  test.each(tables)(
    'reads no row of %s without a tenant, and only its own with one',
    async (table) => {
      const everything = `select tenant_id from "${table}"`;
      expect((await asApp(undefined, everything)).rows).toEqual([]);
      expect((await asApp('', everything)).rows).toEqual([]);
      const own = await asApp(harbor.tenantId, everything);
      expect(own.rows.length).toBeGreaterThan(0);
      expect(new Set(own.rows.map((row) => row['tenant_id']))).toEqual(new Set([harbor.tenantId]));
      const foreign = await asApp(harbor.tenantId, `${everything} where tenant_id = $1`, [
        stranger.tenantId,
      ]);
      expect(foreign.rows).toEqual([]);
    },
  );

  test.each([
    ['switching row security off', 'set local row_security = off; select * from client'],
    ['becoming the owner', 'set role iam_owner'],
    ['disabling the policy', 'alter table client disable row level security'],
    ['making a table', 'create table leak as select 1'],
  ])('gets nowhere by %s', async (_way, statement) => {
    await expect(asApp(harbor.tenantId, statement)).rejects.toThrow(
      /permission denied|must be owner|row-level security/,
    );
  });

  test('neither writes nor moves rows into another tenant', async () => {
    const insert = `insert into client values ($1, $2, 'x', 'UTC', now())`;
    await expect(
      asApp(harbor.tenantId, insert, [newId('client'), stranger.tenantId]),
    ).rejects.toThrow(/row-level security/);
    await expect(
      asApp(harbor.tenantId, `update flag set tenant_id = $1`, [stranger.tenantId]),
    ).rejects.toThrow(/row-level security/);
    const erased = await asApp(harbor.tenantId, 'delete from flag where tenant_id = $1', [
      stranger.tenantId,
    ]);
    expect(erased.rowCount).toBe(0);
  });

  test('cannot hang a row on another tenant’s client', async () => {
    await expect(
      asApp(harbor.tenantId, `insert into agent values ($1, $2, $3, 'x', 'voice', null, now())`, [
        newId('agent'),
        harbor.tenantId,
        stranger.client.id,
      ]),
    ).rejects.toThrow(/foreign key/);
  });

  test('can neither change nor remove an audit row', async () => {
    for (const statement of [
      `update audit_event set action = 'nothing'`,
      'delete from audit_event',
      'truncate audit_event',
    ]) {
      await expect(asApp(harbor.tenantId, statement)).rejects.toThrow(/permission denied/);
    }
  });

  test('crosses tenants through eight narrow functions and nothing else', async () => {
    const { rows } = await iam.owner.query<{ proname: string; config: string[] }>(
      `select proname, proconfig as config from pg_proc
        where pronamespace = current_schema()::regnamespace and prosecdef order by 1`,
    );
    expect(rows.map((row) => row.proname)).toEqual([
      'count_active',
      'find_api_key',
      'find_client_tenant',
      'find_connection',
      'find_session',
      'find_sign_in',
      'list_platform_flags',
      'list_tenants',
    ]);
    expect(new Set(rows.map((row) => row.config.join()))).toEqual(
      new Set(['search_path=pg_catalog, pg_temp']),
    );
  });
});
