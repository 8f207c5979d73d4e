import { connectionChanges } from '@maxai/contracts/announcements';
import * as operations from '@maxai/contracts/http/iam';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { createListener } from '@maxai/runtime/cache';
import { until } from '@maxai/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIam, userIdentity, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

const credential = 'plaintext-auth-token-of-twilio';
const webhookSecret = 'plaintext-webhook-secret';
const anyTenant = serviceIdentity('webhook-ingress', null);

const twilio = {
  provider: 'twilio' as const,
  name: 'Main number',
  account: { accountSid: 'AC1', from: '+15550100' },
  credentials: { authToken: credential },
  webhookSecrets: [webhookSecret],
};
const connect = (as: Identity, clientId: string | null) =>
  iam.call(operations.createConnection, { as, body: { ...twilio, clientId } });
const secretsOf = (connectionId: string, as: Identity = anyTenant) =>
  iam.call(operations.getConnectionSecrets, { as, params: { connectionId } });

describe('connections', () => {
  test('a connection is listed without secrets, opened for services with them, and audited', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const created = await connect(owner, client.id);
    expect(created.status).toBe(201);
    expect(created.result).toMatchObject({
      provider: 'twilio',
      webhookPath: `/webhooks/twilio/${created.result.id}`,
      account: twilio.account,
      disabledAt: null,
    });
    const list = await iam.call(operations.listConnections, {
      as: owner,
      query: { clientId: client.id },
    });
    expect(list.result.items).toEqual([created.result]);
    const opened = await secretsOf(created.result.id);
    expect(opened.result).toEqual({
      id: created.result.id,
      tenantId,
      clientId: client.id,
      provider: 'twilio',
      account: twilio.account,
      credentials: twilio.credentials,
      webhookSecrets: twilio.webhookSecrets,
    });
    expect(await iam.auditOf(tenantId, 'create-connection')).toEqual([
      {
        actor_kind: 'user',
        actor_id: owner.actor.id,
        resource: created.result.id,
        client_id: client.id,
        detail: { provider: 'twilio', name: 'Main number' },
      },
    ]);
  });

  test('plaintext secrets are nowhere in the database, the logs or a browser’s answers', async () => {
    const { owner } = await iam.createTenant();
    const answers = [await connect(owner, null)];
    const connectionId = answers[0]!.result.id;
    const rotated = await iam.call(operations.rotateConnectionSecrets, {
      as: owner,
      params: { connectionId },
      body: { webhookSecrets: [webhookSecret, `${webhookSecret}-next`] },
    });
    const list = await iam.call(operations.listConnections, { as: owner });
    const audit = await iam.call(operations.listAuditEvents, { as: owner });
    await secretsOf(connectionId);
    const tables = await iam.owner.query<{ dump: string }>(`
      select query_to_xml(format('select * from %I', tablename), true, false, '')::text as dump
      from pg_tables where schemaname = current_schema()`);
    const raw = await iam.owner.query<{ bytes: Buffer }>(
      'select secrets || wrapped_key as bytes from connection',
    );
    const places = [
      ...[...answers, rotated, list, audit].map((answer) => answer.text),
      ...tables.rows.map((row) => row.dump),
      ...raw.rows.map((row) => row.bytes.toString('latin1')),
      ...iam.logLines,
    ];
    expect(tables.rows.some((row) => row.dump.includes(connectionId))).toBe(true);
    expect(iam.logLines.length).toBeGreaterThan(0);
    const [, key = ''] = /^(.{20})/.exec(iam.config.encryptionKey) ?? [];
    for (const secret of [credential, webhookSecret, key]) {
      for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, -4)]) {
        expect(places.filter((place) => place.includes(form))).toEqual([]);
      }
      const hex = Buffer.from(secret).toString('hex');
      expect(places.filter((place) => place.toLowerCase().includes(hex))).toEqual([]);
    }
  });

  test('a row’s secrets do not open as another row', async () => {
    const { owner } = await iam.createTenant();
    const one = await connect(owner, null);
    const other = await connect(owner, null);
    await iam.owner.query(
      `update connection set (key_id, wrapped_key, secrets) =
        (select key_id, wrapped_key, secrets from connection where id = $1) where id = $2`,
      [one.result.id, other.result.id],
    );
    const opened = await secretsOf(other.result.id);
    expect(opened.problem).toMatchObject({ status: 500, code: 'internal' });
    expect(opened.text).not.toContain(credential);
  });

  test('rotated webhook secrets replace the old ones and keep the credentials', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const { result } = await connect(owner, client.id);
    const rotated = await iam.call(operations.rotateConnectionSecrets, {
      as: owner,
      params: { connectionId: result.id },
      body: { webhookSecrets: ['next', 'current'] },
    });
    expect(rotated.status).toBe(204);
    expect((await secretsOf(result.id)).result).toMatchObject({
      credentials: twilio.credentials,
      webhookSecrets: ['next', 'current'],
    });
    expect(await iam.auditOf(tenantId, 'rotate-connection-secrets')).toMatchObject([
      { resource: result.id, client_id: client.id, detail: { accepted: 2 } },
    ]);
  });

  test('a change is announced before it is committed, so that no copy outlives it', async () => {
    const { owner, client } = await iam.createAgency();
    const { id } = (await connect(owner, client.id)).result;
    const heard: string[] = [];
    const resumed = Promise.withResolvers<void>();
    const listener = createListener({
      url: iam.cacheUrl,
      channel: connectionChanges.channel,
      heard: (message) => {
        if (message === id) heard.push(message);
      },
      resumed: resumed.resolve,
    });
    await resumed.promise;
    const params = { connectionId: id };
    const body = { webhookSecrets: ['next'] };
    const lock = await iam.owner.connect();
    await lock.query('begin');
    await lock.query('lock table audit_event in exclusive mode');
    const rotation = iam.call(operations.rotateConnectionSecrets, { as: owner, params, body });
    await until(() => heard.length === 1);
    const meanwhile = await secretsOf(id);
    await lock.query('rollback');
    lock.release();
    expect((await rotation).status).toBe(204);
    expect(meanwhile.result.webhookSecrets).toEqual([webhookSecret]);
    expect((await secretsOf(id)).result.webhookSecrets).toEqual(['next']);
    expect((await iam.call(operations.disableConnection, { as: owner, params })).status).toBe(204);
    await until(() => heard.length === 2);
    listener.close();
  });

  test('a disabled connection opens for nobody and is audited', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const { result } = await connect(owner, client.id);
    const params = { connectionId: result.id };
    expect((await iam.call(operations.disableConnection, { as: owner, params })).status).toBe(204);
    expect((await secretsOf(result.id)).problem.code).toBe('unknown_connection');
    expect((await iam.call(operations.disableConnection, { as: owner, params })).status).toBe(404);
    const rotation = { as: owner, params, body: { webhookSecrets: ['late'] } };
    expect((await iam.call(operations.rotateConnectionSecrets, rotation)).status).toBe(404);
    const list = await iam.call(operations.listConnections, { as: owner });
    expect(list.result.items[0]?.disabledAt).not.toBeNull();
    expect(await iam.auditOf(tenantId, 'disable-connection')).toMatchObject([
      { resource: result.id, client_id: client.id },
    ]);
  });

  test('connections are written by operators of their own scope and tenant only', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const { owner: stranger } = await iam.createTenant();
    const { result } = await connect(owner, null);
    const params = { connectionId: result.id };
    const body = { webhookSecrets: ['x'] };
    const viewer = userIdentity(tenantId, 'viewer');
    const clientOperator = userIdentity(tenantId, 'operator', client.id);
    for (const as of [viewer, clientOperator]) {
      expect((await connect(as, null)).status).toBe(403);
      expect(
        (await iam.call(operations.rotateConnectionSecrets, { as, params, body })).status,
      ).toBe(403);
      expect((await iam.call(operations.disableConnection, { as, params })).status).toBe(403);
    }
    expect((await iam.call(operations.createConnection)).status).toBe(401);
    expect((await iam.call(operations.rotateConnectionSecrets, { params, body })).status).toBe(401);
    expect((await iam.call(operations.disableConnection, { params })).status).toBe(401);
    expect((await iam.call(operations.listConnections)).status).toBe(401);
    expect((await connect(stranger, client.id)).status).toBe(404);
    const foreign = { as: stranger, params, body };
    expect((await iam.call(operations.rotateConnectionSecrets, foreign)).status).toBe(404);
    expect((await iam.call(operations.disableConnection, { as: stranger, params })).status).toBe(
      404,
    );
    expect((await iam.call(operations.listConnections, { as: stranger })).result.items).toEqual([]);
    expect((await secretsOf(result.id)).status).toBe(200);
  });

  test('a client-scope grant shows that client’s connections only', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    await connect(owner, null);
    const own = await connect(owner, client.id);
    const as = userIdentity(tenantId, 'viewer', client.id);
    expect((await iam.call(operations.listConnections, { as })).result.items).toEqual([own.result]);
  });

  test('the tenant-wide ones alone can be asked for, page by page', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const first = await connect(owner, null);
    const second = await connect(owner, null);
    for (let nth = 0; nth < 2; nth += 1) await connect(owner, client.id);
    const listed = (as: Identity, query: { tenantWide: boolean; limit: number; cursor?: string }) =>
      iam.call(operations.listConnections, { as, query });
    const as = serviceIdentity('orchestrator', tenantId);
    const page = await listed(as, { tenantWide: true, limit: 1 });
    expect(page.result).toEqual({ items: [second.result], nextCursor: second.result.id });
    const rest = await listed(as, { tenantWide: true, limit: 1, cursor: second.result.id });
    expect(rest.result).toEqual({ items: [first.result], nextCursor: null });
    expect((await listed(owner, { tenantWide: false, limit: 4 })).result.items).toHaveLength(4);
    const clientViewer = userIdentity(tenantId, 'viewer', client.id);
    const hidden = await listed(clientViewer, { tenantWide: true, limit: 1 });
    expect(hidden.result.items).toEqual([]);
  });

  test('an unknown provider, an empty secret and an empty rotation are refused', async () => {
    const { owner } = await iam.createTenant();
    for (const wrong of [{ provider: 'fax' as 'twilio' }, { webhookSecrets: [''] }]) {
      const body = { ...twilio, ...wrong };
      expect((await iam.call(operations.createConnection, { as: owner, body })).status).toBe(400);
    }
    const { result } = await connect(owner, null);
    const rotated = await iam.call(operations.rotateConnectionSecrets, {
      as: owner,
      params: { connectionId: result.id },
      body: { webhookSecrets: [] },
    });
    expect(rotated.status).toBe(400);
  });
});

describe('connections between services', () => {
  test('only services read secrets, and one that acts in a tenant reads that tenant’s', async () => {
    const { tenantId, owner } = await iam.createTenant();
    const { tenantId: otherTenant } = await iam.createTenant();
    const { result } = await connect(owner, null);
    expect((await secretsOf(result.id, owner)).problem.code).toBe('not_found');
    const params = { connectionId: result.id };
    expect((await iam.call(operations.getConnectionSecrets, { params })).status).toBe(401);
    const inside = await secretsOf(result.id, serviceIdentity('orchestrator', tenantId));
    expect(inside.status).toBe(200);
    const outside = await secretsOf(result.id, serviceIdentity('orchestrator', otherTenant));
    expect(outside.problem.code).toBe('unknown_connection');
    expect((await secretsOf(newId('connection'))).problem.code).toBe('unknown_connection');
    expect((await secretsOf('con_1')).status).toBe(400);
  });

  test('a client’s live connections come before the tenant-wide ones, without secrets', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const own = await connect(owner, client.id);
    const wide = await connect(owner, null);
    const disabled = await connect(owner, client.id);
    const gone = { connectionId: disabled.result.id };
    await iam.call(operations.disableConnection, { as: owner, params: gone });
    const params = { clientId: client.id };
    for (const as of [anyTenant, serviceIdentity('orchestrator', tenantId)]) {
      const list = await iam.call(operations.listClientConnections, { as, params });
      expect(list.result.items).toEqual([
        { id: own.result.id, provider: 'twilio', clientId: client.id },
        { id: wide.result.id, provider: 'twilio', clientId: null },
      ]);
    }
    const { tenantId: otherTenant } = await iam.createTenant();
    const outside = serviceIdentity('orchestrator', otherTenant);
    const denied = await iam.call(operations.listClientConnections, { as: outside, params });
    expect(denied.status).toBe(404);
    const absent = { as: anyTenant, params: { clientId: newId('client') } };
    expect((await iam.call(operations.listClientConnections, absent)).status).toBe(404);
    const malformed = { as: anyTenant, params: { clientId: 'x' } };
    expect((await iam.call(operations.listClientConnections, malformed)).status).toBe(400);
    expect((await iam.call(operations.listClientConnections, { as: owner, params })).status).toBe(
      404,
    );
    expect((await iam.call(operations.listClientConnections, { params })).status).toBe(401);
  });
});
