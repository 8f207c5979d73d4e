import { AppError } from '@maxai/kernel/errors';
import { serviceIdentity } from '@maxai/kernel/access';
import { createMetrics } from '@maxai/runtime/telemetry';
import { createTestDatabase, mintTenantId, until, type TestDatabase } from '@maxai/runtime/testing';
import { sql } from 'kysely';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  brokenAuditEvent,
  createDatabase,
  isUniqueViolation,
  tablesWithoutRowSecurity,
  writeAudit,
  type Database,
} from './index.ts';

type Schema = {
  note: {
    id: string;
    tenant_id: string;
    size: bigint;
    price: string;
    day: string;
    written_at: Date;
    body: unknown;
  };
  audit_event: { id: string; tenant_id: string; sequence: bigint; action: string };
};

let database: TestDatabase;
let db: Database<Schema>;
const metrics = createMetrics('database-test');

beforeAll(async () => {
  database = await createTestDatabase({
    schema: 'sample',
    directory: join(import.meta.dirname, 'fixtures/migrations'),
  });
  db = createDatabase({
    url: database.appUrl,
    poolMax: 4,
    applicationName: 'database-test',
    metrics,
  });
});

afterAll(async () => {
  await db.close();
  await database.drop();
});

function note(id: string, tenantId: string) {
  const body = JSON.stringify({ read: false });
  return {
    id,
    tenant_id: tenantId,
    size: 9_007_199_254_740_993n,
    price: '0.000000150',
    day: '2026-03-29',
    written_at: new Date('2026-03-29T01:30:00.123Z'),
    body,
  };
}

async function asOwner(statement: string, values: unknown[] = []): Promise<void> {
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(statement, values);
  await owner.end();
}

describe('a tenant transaction', () => {
  it("reads back what it wrote, exactly, and never another tenant's row", async () => {
    const [mine, theirs] = [mintTenantId(), mintTenantId()];
    await db.tenant(mine, (tx) =>
      tx
        .insertInto('note')
        .values(note(`${mine}-a`, mine))
        .execute(),
    );
    const read = (tenantId: string) =>
      db.tenant(tenantId, (tx) => tx.selectFrom('note').selectAll().execute());
    expect(await read(mine)).toEqual([{ ...note(`${mine}-a`, mine), body: { read: false } }]);
    expect(await read(theirs)).toEqual([]);
  });

  it("cannot write into another tenant, nor change the other's rows", async () => {
    const [mine, theirs] = [mintTenantId(), mintTenantId()];
    await db.tenant(theirs, (tx) =>
      tx
        .insertInto('note')
        .values(note(`${theirs}-a`, theirs))
        .execute(),
    );
    await expect(
      db.tenant(mine, (tx) => tx.insertInto('note').values(note('x', theirs)).execute()),
    ).rejects.toThrow('row-level security');
    const [{ numDeletedRows }] = (await db.tenant(mine, (tx) =>
      tx.deleteFrom('note').where('id', '=', `${theirs}-a`).execute(),
    )) as [{ numDeletedRows: bigint }];
    expect(numDeletedRows).toBe(0n);
  });

  it('leaves nothing behind when the work throws, and the connection serves the next caller', async () => {
    const tenantId = mintTenantId();
    await expect(
      db.tenant(tenantId, async (tx) => {
        await tx
          .insertInto('note')
          .values(note(`${tenantId}-a`, tenantId))
          .execute();
        throw new AppError('conflict');
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const rows = await db.tenant(tenantId, (tx) => tx.selectFrom('note').selectAll().execute());
    expect(rows).toEqual([]);
  });

  it('takes a tenant id as a value, whatever it contains', async () => {
    const hostile = "x'); drop table note; --";
    expect(await db.tenant(hostile, (tx) => tx.selectFrom('note').selectAll().execute())).toEqual(
      [],
    );
  });

  it('tells a broken unique constraint from other failures', async () => {
    const tenantId = mintTenantId();
    const insert = () =>
      db.tenant(tenantId, (tx) =>
        tx
          .insertInto('note')
          .values(note(`${tenantId}-a`, tenantId))
          .execute(),
      );
    await insert();
    const error: unknown = await insert().catch((cause: unknown) => cause);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'note_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'note_other_key')).toBe(false);
    expect(isUniqueViolation(new Error('no code'))).toBe(false);
    expect(isUniqueViolation('no error')).toBe(false);
  });
});

it('runs a single statement without a transaction around it', async () => {
  const tenantId = mintTenantId();
  const id = `${tenantId}-a`;
  await db.tenant(tenantId, (tx) => tx.insertInto('note').values(note(id, tenantId)).execute());
  const { rows } = await db.statement(sql`select tenant_of_note(${id}) as tenant`);
  expect(rows).toEqual([{ tenant: tenantId }]);
  await expect(db.statement(sql`select no_such_column`)).rejects.toThrow('no_such_column');
});

it('passes on whatever the work threw', async () => {
  // A value that is no Error, as a careless library throws it.
  const rejected = db.platform(() => Promise.reject('text'));
  await expect(rejected).rejects.toBe('text');
});

describe('a read', () => {
  it("sees its tenant's rows only, and the connection serves the next caller with another scope", async () => {
    const [mine, theirs] = [mintTenantId(), mintTenantId()];
    await db.tenant(mine, (tx) =>
      tx
        .insertInto('note')
        .values(note(`${mine}-r`, mine))
        .execute(),
    );
    const ids = (tenantId: string) =>
      db.read(tenantId, (tx) => tx.selectFrom('note').select('id').where('day', '=', '2026-03-29'));
    expect(await ids(mine)).toEqual([{ id: `${mine}-r` }]);
    expect(await ids(theirs)).toEqual([]);
    const unscoped = await db.platform((tx) => tx.selectFrom('note').select('id').execute());
    expect(unscoped).toEqual([]);
  });

  it('fails with its own error, and the connection serves the next caller', async () => {
    const single = createDatabase<Schema>({
      url: database.appUrl,
      poolMax: 1,
      applicationName: 'database-test',
    });
    const tenant = mintTenantId();
    await single.tenant(tenant, (tx) =>
      tx
        .insertInto('note')
        .values(note(`${tenant}-a`, tenant))
        .execute(),
    );
    const divided = (by: number) =>
      single.read(tenant, (tx) =>
        tx.selectFrom('note').select(sql<number>`12 / ${by}::int`.as('is')),
      );
    await expect(divided(0)).rejects.toThrow('division by zero');
    expect(await divided(4)).toEqual([{ is: 3 }]);
    await single.close();
  });
});

describe('a platform transaction', () => {
  it('sees no row even after a tenant used the connection, and may use the narrow functions', async () => {
    const tenantId = mintTenantId();
    const id = `${tenantId}-a`;
    await db.tenant(tenantId, (tx) => tx.insertInto('note').values(note(id, tenantId)).execute());
    await db.platform(async (tx) => {
      expect(await tx.selectFrom('note').selectAll().execute()).toEqual([]);
      const { rows } = await sql<{
        tenant: string;
      }>`select tenant_of_note(${id}) as tenant`.execute(tx);
      expect(rows).toEqual([{ tenant: tenantId }]);
    });
  });

  it('runs as a role that owns nothing and cannot read the migration history', async () => {
    await expect(
      db.platform((tx) => sql`select * from _prisma_migrations`.execute(tx)),
    ).rejects.toThrow('permission denied');
    await expect(
      db.platform((tx) => sql`alter table note disable row level security`.execute(tx)),
    ).rejects.toThrow('must be owner');
  });
});

describe('a fleeting transaction', () => {
  it('waits for no disk at its commit, and whoever has the connection next does', async () => {
    const durable = createDatabase<Schema>({
      url: `${database.appUrl}?options=${encodeURIComponent('-c synchronous_commit=on')}`,
      poolMax: 1,
      applicationName: 'database-test',
    });
    const waits = sql<{ waits: string }>`select current_setting('synchronous_commit') as waits`;
    const answers = [
      await durable.fleeting((tx) => waits.execute(tx)),
      await durable.platform((tx) => waits.execute(tx)),
    ];
    await durable.close();
    expect(answers.map(({ rows }) => rows[0]?.waits)).toEqual(['off', 'on']);
  });
});

describe('a statement that is used often', () => {
  const kept = sql<{ name: string }>`select name from pg_prepared_statements order by name`;

  it('is kept by the server, one that names no columns never, and a column more harms neither', async () => {
    const tenant = mintTenantId();
    const often = createDatabase<Schema>({
      url: database.appUrl,
      poolMax: 1,
      applicationName: 'database-test',
    });
    const read = () =>
      often.tenant(tenant, async (tx) => [
        await tx.selectFrom('note').select(['id', 'size']).where('id', '=', 'no').execute(),
        await tx.selectFrom('note').selectAll().where('id', '=', 'no').execute(),
      ]);
    for (let times = 0; times < 4; times += 1) await read();
    expect((await often.platform((tx) => kept.execute(tx))).rows).toEqual([]);
    for (let times = 0; times < 4; times += 1) await read();
    expect((await often.platform((tx) => kept.execute(tx))).rows).toEqual([{ name: 'kept_1' }]);
    await asOwner('alter table sample.note add column more text');
    expect(await read()).toEqual([[], []]);
    await asOwner('alter table sample.note drop column more');
    expect(await read()).toEqual([[], []]);
    await often.close();
  });

  it('is sent by its name however many go out together, and its failure is its own', async () => {
    const together = createDatabase<Schema>({
      url: database.appUrl,
      poolMax: 1,
      applicationName: 'database-test',
    });
    const divide = (by: number) => sql<{ is: number }>`select 12 / ${by}::int as is`;
    const all = (values: readonly number[]) =>
      together.platform((tx) => Promise.all(values.map((by) => divide(by).execute(tx))));
    const isOf = (results: Awaited<ReturnType<typeof all>>) => results.map(({ rows }) => rows[0]);
    await expect(all([1, 2, 3, 4, 0, 6, 12])).rejects.toThrow('division by zero');
    expect(isOf(await all([1, 2, 1, 4, 6, 12]))).toEqual(
      [12, 6, 12, 3, 2, 1].map((is) => ({ is })),
    );
    await expect(all([3, 0])).rejects.toThrow('division by zero');
    expect(isOf(await all([3]))).toEqual([{ is: 4 }]);
    await together.close();
  });
});

describe('a database that cannot serve', () => {
  it.each([
    ['at a port', 'ECONNREFUSED', ''],
    ['by a socket', 'ENOENT', '?host=/nowhere'],
  ])(
    'is service_unavailable when nothing listens %s, and says so to nobody but the log',
    async (_where, code, socket) => {
      const away = createDatabase<Schema>({
        url: `postgres://sample_app:secret@127.0.0.1:1/nowhere${socket}`,
        poolMax: 1,
        applicationName: 'database-test',
      });
      const error: unknown = await away.ping().catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'service_unavailable', detail: 'the database is away' });
      expect((error as AppError).cause).toMatchObject({ code });
      await away.close();
    },
  );

  it('is service_unavailable to the work whose connection dies, and well for the next', async () => {
    const tenantId = mintTenantId();
    await expect(
      db.tenant(tenantId, (tx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)),
    ).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(db.ping()).resolves.toBeUndefined();
  });

  it('does not know whether work was done whose connection broke at its commit', async () => {
    const { hostname, port } = new URL(database.appUrl);
    const breaking = createServer((client) => {
      const server = connect(Number(port), hostname);
      client.on('data', (sent) => {
        if (sent.includes('commit')) client.destroy();
        else server.write(sent);
      });
      server.on('data', (answer) => client.write(answer));
      client.on('close', () => server.destroy());
    });
    await once(breaking.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(database.appUrl);
    url.host = `127.0.0.1:${(breaking.address() as AddressInfo).port}`;
    const broken = createDatabase<Schema>({
      url: url.href,
      poolMax: 1,
      applicationName: 'database-test',
    });
    await expect(
      broken.tenant(mintTenantId(), (tx) => sql`select 1`.execute(tx)),
    ).rejects.toMatchObject({ code: 'outcome_unknown' });
    await broken.close();
    breaking.close();
  });

  it('drops an idle connection that the server ended', async () => {
    const idle = createDatabase<Schema>({
      url: database.appUrl,
      poolMax: 1,
      applicationName: 'idle-test',
    });
    await idle.ping();
    const ended = await db.platform((tx) =>
      sql`select pg_terminate_backend(pid, 1000) from pg_stat_activity
        where application_name = 'idle-test'`.execute(tx),
    );
    expect(ended.rows).toEqual([{ pg_terminate_backend: true }]);
    await expect(idle.ping()).resolves.toBeUndefined();
    await idle.close();
  });

  it('is service_unavailable when a statement outlives the role timeout', async () => {
    const error: unknown = await db
      .platform(async (tx) => {
        await sql`set local statement_timeout = '20ms'`.execute(tx);
        await sql`select pg_sleep(5)`.execute(tx);
      })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'service_unavailable' });
  });

  it('is service_unavailable when no answer comes, and well for the next on another connection', async () => {
    const silent = createDatabase<Schema>({
      url: database.appUrl,
      poolMax: 1,
      applicationName: 'silent-test',
      queryTimeoutMs: 200,
    });
    const sleep = sql`select pg_sleep(5)`;
    const attempts = [
      () => silent.statement(sleep),
      () => silent.platform((tx) => sleep.execute(tx)),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'service_unavailable' });
      await expect(silent.ping()).resolves.toBeUndefined();
    }
    await expect(silent.statement(sql`select missing`)).rejects.toThrow('missing');
    await silent.close();
  });

  it('closes at once the connection that does not answer, with all that waits on it', async () => {
    const { hostname, port } = new URL(database.appUrl);
    const opened: Socket[] = [];
    const between = createServer((near) => {
      opened.push(near);
      const far = connect(Number(port), hostname).on('error', () => undefined);
      near.on('error', () => undefined).once('close', () => far.destroy());
      near.pipe(far).pipe(near);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const url = new URL(database.appUrl);
    url.port = String((between.address() as AddressInfo).port);
    const silent = createDatabase<Schema>({
      url: url.href,
      poolMax: 1,
      applicationName: 'silent-test',
      queryTimeoutMs: 200,
    });
    const both = await Promise.allSettled([
      silent.platform((tx) =>
        Promise.all([sql`select pg_sleep(60)`.execute(tx), sql`select 1`.execute(tx)]),
      ),
      silent.statement(sql`select 2`),
    ]);
    expect(both[0]).toMatchObject({ reason: { code: 'service_unavailable' } });
    expect(both[1]).toMatchObject({ status: 'fulfilled' });
    expect(opened.map(({ destroyed }) => destroyed)).toEqual([true, false]);
    await silent.close();
    between.close();
  });
});

it('reports the pool as idle, busy and waiting connections', async () => {
  await db.platform(async () => {
    const { values } = await metrics.databasePool.get();
    expect(values.find(({ labels }) => labels.state === 'busy')?.value).toBeGreaterThanOrEqual(1);
    expect(values.map(({ labels }) => labels.state)).toEqual(['idle', 'busy', 'waiting']);
  });
});

describe('the audit chain', () => {
  function record(tenantId: string, action: string, correlationId?: string) {
    return db.tenant(tenantId, (tx) =>
      writeAudit(tx, {
        tenantId,
        action,
        identity: serviceIdentity('database-test', tenantId),
        resource: 'note_1',
        clientId: null,
        detail: { zebra: [1, { b: 2, a: null }], apple: 'é;', left: undefined },
        now: new Date('2026-02-03T04:05:06.789Z'),
        ...(correlationId !== undefined && { correlationId }),
      }),
    );
  }
  const broken = (tenantId: string) => db.tenant(tenantId, (tx) => brokenAuditEvent(tx, tenantId));

  it('is one chain per tenant, without gap or fork, however many write at once', async () => {
    const [tenantId, other] = [mintTenantId(), mintTenantId()];
    await Promise.all([...Array(12).keys()].map((index) => record(tenantId, `act-${index}`)));
    await record(other, 'act', 'cor_12345678');
    const rows = await db.tenant(tenantId, (tx) =>
      tx.selectFrom('audit_event').select('sequence').orderBy('sequence').execute(),
    );
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(
      [...Array(12).keys()].map((n) => n + 1),
    );
    expect(await broken(tenantId)).toBeUndefined();
    expect(await broken(other)).toBeUndefined();
  });

  it('cannot be changed by the service', async () => {
    const tenantId = mintTenantId();
    await record(tenantId, 'create-note');
    for (const statement of [
      sql`update audit_event set action = 'nothing'`,
      sql`delete from audit_event`,
      sql`truncate audit_event`,
    ]) {
      await expect(db.tenant(tenantId, (tx) => statement.execute(tx))).rejects.toThrow(
        'permission denied',
      );
    }
  });

  it('shows the first row that somebody with more rights changed or took away', async () => {
    const tenantId = mintTenantId();
    const ids = [
      await record(tenantId, 'one'),
      await record(tenantId, 'two'),
      await record(tenantId, 'three'),
    ];
    await asOwner('update audit_event set detail = $1 where id = $2', ['{}', ids[1]]);
    expect(await broken(tenantId)).toBe(ids[1]);
    await asOwner('delete from audit_event where id = $1', [ids[1]]);
    expect(await broken(tenantId)).toBe(ids[2]);
  });

  it('leaves no row when the verb it belongs to fails', async () => {
    const tenantId = mintTenantId();
    await db
      .tenant(tenantId, async (tx) => {
        await writeAudit(tx, {
          tenantId,
          action: 'fail',
          identity: serviceIdentity('database-test', tenantId),
          resource: 'note_1',
          clientId: null,
          detail: {},
          now: new Date(),
        });
        throw new AppError('conflict');
      })
      .catch(() => undefined);
    const rows = await db.tenant(tenantId, (tx) =>
      tx.selectFrom('audit_event').selectAll().execute(),
    );
    expect(rows).toEqual([]);
  });
});

it('finds a table that row-level security does not protect, or protects from something else', async () => {
  expect(await tablesWithoutRowSecurity(database.ownerUrl)).toEqual([]);
  await asOwner(`create table open_table (id text);
    create table half_open (tenant_id text);
    alter table half_open enable row level security;
    create policy tenant_scope on half_open using (tenant_id = current_setting('app.tenant_id', true))`);
  expect(await tablesWithoutRowSecurity(database.ownerUrl)).toEqual(['half_open', 'open_table']);
  await asOwner('drop table open_table, half_open');
});

it('waits until a condition holds and returns what it gave', async () => {
  let asked = 0;
  expect(await until(() => (asked += 1) > 2 && 'held')).toBe('held');
});

it('gives up waiting for a condition with its last answer', async () => {
  await expect(until(() => 0, 30)).rejects.toThrow('not so within 30 ms; the last answer was 0');
});
