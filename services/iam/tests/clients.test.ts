import * as operations from '@maxai/contracts/http/iam';
import { newId } from '@maxai/kernel/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIam, userIdentity, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

describe('clients', () => {
  test('a new client is readable, listed and audited', async () => {
    const { tenantId, owner } = await iam.createTenant();
    const created = await iam.call(operations.createClient, {
      as: owner,
      body: { name: 'Bright Smiles Dental', timeZone: 'europe/amsterdam' },
    });
    expect(created.status).toBe(201);
    expect(created.result).toMatchObject({ tenantId, timeZone: 'Europe/Amsterdam' });
    const params = { clientId: created.result.id };
    const read = await iam.call(operations.getClient, { as: owner, params });
    expect(read.result).toEqual(created.result);
    const list = await iam.call(operations.listClients, { as: owner });
    expect(list.result).toEqual({ items: [created.result], nextCursor: null });
    expect(await iam.auditOf(tenantId, 'create-client')).toEqual([
      {
        actor_kind: 'user',
        actor_id: owner.actor.id,
        resource: created.result.id,
        client_id: created.result.id,
        detail: { name: 'Bright Smiles Dental' },
      },
    ]);
  });

  test('a list is paged newest first and shows every row once', async () => {
    const { owner } = await iam.createTenant();
    for (const name of ['one', 'two', 'three']) {
      await iam.call(operations.createClient, { as: owner, body: { name } });
    }
    const first = await iam.call(operations.listClients, { as: owner, query: { limit: 2 } });
    expect(first.result.items.map((item) => item.name)).toEqual(['three', 'two']);
    const cursor = first.result.nextCursor!;
    const second = await iam.call(operations.listClients, {
      as: owner,
      query: { cursor, limit: 2 },
    });
    expect(second.result.items.map((item) => item.name)).toEqual(['one']);
    expect(second.result.nextCursor).toBeNull();
  });

  test('an unknown time zone and an empty name are refused with the field named', async () => {
    const { owner } = await iam.createTenant();
    const zone = await iam.call(operations.createClient, {
      as: owner,
      body: { name: 'A', timeZone: 'Mars/Olympus' },
    });
    expect(zone.status).toBe(400);
    expect(zone.problem.errors?.[0]?.pointer).toBe('body/timeZone');
    const name = await iam.call(operations.createClient, { as: owner, body: { name: '' } });
    expect(name.problem).toMatchObject({ status: 400, code: 'invalid_request' });
    const unstorable = { as: owner, body: { name: 'A\u0000B' } };
    expect((await iam.call(operations.createClient, unstorable)).problem).toMatchObject({
      status: 400,
      detail: 'text may not contain U+0000',
    });
  });

  test('nobody gets in without a signed identity', async () => {
    for (const operation of [operations.listClients, operations.createClient]) {
      expect((await iam.call(operation)).problem.code).toBe('unauthenticated');
    }
  });

  test('a viewer may not write, a client-scope operator may not add clients', async () => {
    const { tenantId, client } = await iam.createAgency();
    const body = { name: 'Another' };
    for (const as of [
      userIdentity(tenantId, 'viewer'),
      userIdentity(tenantId, 'operator', client.id),
    ]) {
      expect((await iam.call(operations.createClient, { as, body })).problem.code).toBe(
        'forbidden',
      );
    }
  });

  test('a client-scope viewer sees that client only; the others look missing', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const other = await iam.call(operations.createClient, { as: owner, body: { name: 'Other' } });
    const as = userIdentity(tenantId, 'viewer', client.id);
    const list = await iam.call(operations.listClients, { as });
    expect(list.result.items).toEqual([client]);
    expect(
      (await iam.call(operations.getClient, { as, params: { clientId: client.id } })).status,
    ).toBe(200);
    const hidden = await iam.call(operations.getClient, {
      as,
      params: { clientId: other.result.id },
    });
    const missing = await iam.call(operations.getClient, {
      as,
      params: { clientId: newId('client') },
    });
    expect(hidden.problem.code).toBe('not_found');
    expect(missing.problem.code).toBe(hidden.problem.code);
  });

  test('another tenant’s client is the same 404 as a missing one', async () => {
    const { client } = await iam.createAgency();
    const { owner: stranger } = await iam.createTenant();
    const read = await iam.call(operations.getClient, {
      as: stranger,
      params: { clientId: client.id },
    });
    const absent = await iam.call(operations.getClient, {
      as: stranger,
      params: { clientId: newId('client') },
    });
    const { instance, correlation_id, ...problem } = read.problem;
    expect(instance).toContain(client.id);
    expect(correlation_id).not.toBe(absent.problem.correlation_id);
    expect(absent.problem).toMatchObject(problem);
    expect((await iam.call(operations.listClients, { as: stranger })).result.items).toEqual([]);
  });

  test('an identity without a tenant has no clients to list', async () => {
    const { owner } = await iam.createTenant();
    const listed = await iam.call(operations.listClients, { as: { ...owner, tenantId: null } });
    expect(listed.problem.code).toBe('forbidden');
  });
});

describe('agents', () => {
  test('a new agent is listed for its client and audited', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const created = await iam.call(operations.createAgent, {
      as: owner,
      body: { clientId: client.id, name: 'Ava', channel: 'voice', externalId: 'agent_1' },
    });
    expect(created.status).toBe(201);
    const silent = await iam.call(operations.createAgent, {
      as: owner,
      body: { clientId: client.id, name: 'Tex', channel: 'text' },
    });
    expect(silent.result.externalId).toBeNull();
    const list = await iam.call(operations.listAgents, {
      as: owner,
      query: { clientId: client.id },
    });
    expect(list.result.items).toEqual([silent.result, created.result]);
    const elsewhere = await iam.call(operations.listAgents, {
      as: owner,
      query: { clientId: newId('client') },
    });
    expect(elsewhere.result.items).toEqual([]);
    expect(await iam.auditOf(tenantId, 'create-agent')).toMatchObject([
      { resource: created.result.id, client_id: client.id },
      { resource: silent.result.id, client_id: client.id },
    ]);
  });

  test('an agent needs a channel, a right and a client of the own tenant', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const { client: foreign } = await iam.createAgency();
    const body = { clientId: client.id, name: 'Ava', channel: 'voice' as const };
    const invalid = { ...body, channel: 'fax' as 'voice' };
    expect((await iam.call(operations.createAgent, { as: owner, body: invalid })).status).toBe(400);
    expect((await iam.call(operations.createAgent, { body })).status).toBe(401);
    const viewer = userIdentity(tenantId, 'viewer');
    expect((await iam.call(operations.createAgent, { as: viewer, body })).status).toBe(403);
    const elsewhere = { ...body, clientId: foreign.id };
    expect((await iam.call(operations.createAgent, { as: owner, body: elsewhere })).status).toBe(
      404,
    );
    expect(await iam.auditOf(tenantId, 'create-agent')).toEqual([]);
  });

  test('a client-scope grant shows the agents of that client only', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const other = await iam.call(operations.createClient, { as: owner, body: { name: 'Other' } });
    for (const clientId of [client.id, other.result.id]) {
      const body = { clientId, name: 'Ava', channel: 'voice' as const };
      await iam.call(operations.createAgent, { as: owner, body });
    }
    const as = userIdentity(tenantId, 'operator', client.id);
    const list = await iam.call(operations.listAgents, { as });
    expect(list.result.items.map((agent) => agent.clientId)).toEqual([client.id]);
    expect((await iam.call(operations.listAgents)).status).toBe(401);
  });
});
