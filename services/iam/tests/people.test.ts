import * as operations from '@maxai/contracts/http/iam';
import { newId } from '@maxai/kernel/ids';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIam, userIdentity, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const email = 'Pat@Harbor.example';

describe('members', () => {
  test('a person invited by email is listed with role and scope, and the grant is audited', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const added = await iam.call(operations.addMember, {
      as: owner,
      body: { email, role: 'operator', clientId: client.id },
    });
    expect(added.status).toBe(201);
    expect(added.result).toMatchObject({
      email: 'pat@harbor.example',
      role: 'operator',
      scope: { kind: 'client', clientId: client.id },
    });
    const list = await iam.call(operations.listMembers, { as: owner });
    expect(list.result.items).toHaveLength(2);
    expect(list.result.items[0]).toEqual(added.result);
    expect(list.result.items[1]).toMatchObject({
      email: 'owner@harbor.example',
      role: 'owner',
      scope: { kind: 'tenant' },
    });
    expect(await iam.auditOf(tenantId, 'add-member')).toMatchObject([
      {
        actor_id: owner.actor.id,
        resource: added.result.id,
        client_id: client.id,
        detail: { role: 'operator', userId: added.result.userId },
      },
    ]);
  });

  test('one person has one role per scope', async () => {
    const { owner, client } = await iam.createAgency();
    const add = (body: { email: string; role: string; clientId?: string }) =>
      iam.call(operations.addMember, { as: owner, body });
    const whole = await add({ email, role: 'viewer' });
    const part = await add({ email, role: 'operator', clientId: client.id });
    expect(part.result.userId).toBe(whole.result.userId);
    expect((await add({ email, role: 'owner' })).problem.code).toBe('already_exists');
  });

  test('a role that is not the tenant’s to give, a bad email and a foreign client are refused', async () => {
    const { tenantId, owner } = await iam.createAgency();
    const { client: foreign } = await iam.createAgency();
    const add = (body: { email: string; role: string; clientId?: string }) =>
      iam.call(operations.addMember, { as: owner, body });
    const staff = await add({ email, role: 'staff' });
    expect(staff.problem).toMatchObject({ status: 400, errors: [{ pointer: 'body/role' }] });
    expect((await add({ email: 'nobody', role: 'viewer' })).status).toBe(400);
    expect((await add({ email, role: 'viewer', clientId: foreign.id })).status).toBe(404);
    expect(await iam.auditOf(tenantId, 'add-member')).toEqual([]);
  });

  test('only owners give and take roles, within their own scope', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const body = { email, role: 'viewer' };
    const operator = userIdentity(tenantId, 'operator');
    const clientOwner = userIdentity(tenantId, 'owner', client.id);
    expect((await iam.call(operations.addMember, { body })).status).toBe(401);
    expect((await iam.call(operations.addMember, { as: operator, body })).status).toBe(403);
    expect((await iam.call(operations.addMember, { as: clientOwner, body })).status).toBe(403);
    const inside = await iam.call(operations.addMember, {
      as: clientOwner,
      body: { ...body, clientId: client.id },
    });
    expect(inside.status).toBe(201);
    const seen = await iam.call(operations.listMembers, { as: clientOwner });
    expect(seen.result.items).toEqual([inside.result]);
    const added = await iam.call(operations.addMember, { as: owner, body });
    const params = { memberId: added.result.id };
    expect((await iam.call(operations.removeMember, { params })).status).toBe(401);
    expect((await iam.call(operations.removeMember, { as: operator, params })).status).toBe(403);
    expect((await iam.call(operations.removeMember, { as: clientOwner, params })).status).toBe(403);
  });

  test('a removed grant is gone and audited; again it is missing', async () => {
    const { tenantId, owner } = await iam.createTenant();
    const added = await iam.call(operations.addMember, {
      as: owner,
      body: { email, role: 'viewer' },
    });
    const params = { memberId: added.result.id };
    expect((await iam.call(operations.removeMember, { as: owner, params })).status).toBe(204);
    expect((await iam.call(operations.removeMember, { as: owner, params })).status).toBe(404);
    expect((await iam.call(operations.listMembers, { as: owner })).result.items).toHaveLength(1);
    expect(await iam.auditOf(tenantId, 'remove-member')).toMatchObject([
      { resource: added.result.id, detail: { role: 'viewer', sessionsRevoked: 0 } },
    ]);
  });

  test('a malformed member id is refused before anything is looked up', async () => {
    const { owner } = await iam.createTenant();
    const params = { memberId: 'mem_x' };
    expect((await iam.call(operations.removeMember, { as: owner, params })).status).toBe(400);
  });

  test('the last owner cannot be removed', async () => {
    const { owner } = await iam.createTenant();
    const list = await iam.call(operations.listMembers, { as: owner });
    const params = { memberId: list.result.items[0]!.id };
    const refused = await iam.call(operations.removeMember, { as: owner, params });
    expect(refused.problem.code).toBe('conflict');
    await iam.call(operations.addMember, { as: owner, body: { email, role: 'owner' } });
    expect((await iam.call(operations.removeMember, { as: owner, params })).status).toBe(204);
  });

  test('another tenant’s member is neither listed nor removable', async () => {
    const { owner } = await iam.createTenant();
    const { owner: stranger } = await iam.createTenant();
    const list = await iam.call(operations.listMembers, { as: owner });
    const params = { memberId: list.result.items[0]!.id };
    expect((await iam.call(operations.removeMember, { as: stranger, params })).status).toBe(404);
    const others = await iam.call(operations.listMembers, { as: stranger });
    expect(others.result.items.map((item) => item.id)).not.toContain(params.memberId);
    expect((await iam.call(operations.listMembers)).status).toBe(401);
  });
});

describe('API keys', () => {
  test('a key is shown once, stored as a hash, ready in the cache, and audited', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const expiresAt = new Date(iam.clock.now().getTime() + 3_600_000).toISOString();
    const created = await iam.call(operations.createApiKey, {
      as: owner,
      body: { name: 'ci', role: 'viewer', clientId: client.id, expiresAt },
    });
    expect(created.status).toBe(201);
    const { secret, ...shown } = created.result;
    expect(secret).toMatch(/^mxk_[\w-]{43}$/);
    expect(shown).toMatchObject({ hint: secret.slice(0, 8), expiresAt, revokedAt: null });
    const cacheKey = `principal:${hashOf(secret)}`;
    await expect
      .poll(() => iam.cache.get(cacheKey))
      .toMatchObject({
        identity: {
          actor: { kind: 'api-key', id: shown.id },
          tenantId,
          grants: [{ scope: { kind: 'client', clientId: client.id } }],
        },
        credentialId: shown.id,
        expiresAt,
      });
    const ttlSeconds = await iam.cache.redis.ttl(cacheKey);
    expect(ttlSeconds).toBeGreaterThan(3500);
    expect(ttlSeconds).toBeLessThanOrEqual(3600);
    const list = await iam.call(operations.listApiKeys, { as: owner });
    expect(list.result.items[0]).toEqual(shown);
    expect(list.text).not.toContain(secret);
    expect(await iam.auditOf(tenantId, 'create-api-key')).toMatchObject([
      { resource: shown.id, client_id: client.id, detail: { name: 'ci', role: 'viewer' } },
    ]);
    const dump = await iam.owner.query('select * from api_key where id = $1', [shown.id]);
    expect(JSON.stringify(dump.rows)).not.toContain(secret);
  });

  test('a revoked key stops resolving at once, everywhere, and is audited [R137]', async () => {
    const { tenantId, owner } = await iam.createTenant();
    const { result } = await iam.call(operations.createApiKey, {
      as: owner,
      body: { name: 'ci', role: 'operator' },
    });
    const secretHash = hashOf(result.secret);
    const params = { apiKeyId: result.id };
    expect((await iam.call(operations.revokeApiKey, { as: owner, params })).status).toBe(204);
    expect(await iam.cache.get(`principal:${secretHash}`)).toBeUndefined();
    const resolved = await iam.call(operations.resolvePrincipal, {
      as: { ...owner, actor: { kind: 'service', id: 'api-gateway' } },
      body: { kind: 'api-key', secretHash },
    });
    expect(resolved.problem.code).toBe('api_key_invalid');
    expect((await iam.call(operations.revokeApiKey, { as: owner, params })).status).toBe(404);
    const list = await iam.call(operations.listApiKeys, { as: owner });
    expect(list.result.items.find((item) => item.id === result.id)?.revokedAt).not.toBeNull();
    expect(await iam.auditOf(tenantId, 'revoke-api-key')).toMatchObject([{ resource: result.id }]);
  });

  test('a key that would already have expired, or has no such role, is refused', async () => {
    const { owner } = await iam.createTenant();
    const create = (body: { name: string; role: string; expiresAt?: string }) =>
      iam.call(operations.createApiKey, { as: owner, body });
    const past = iam.clock.now().toISOString();
    const expired = await create({ name: 'ci', role: 'viewer', expiresAt: past });
    expect(expired.problem).toMatchObject({ status: 400, errors: [{ pointer: 'body/expiresAt' }] });
    expect((await create({ name: 'ci', role: 'staff' })).status).toBe(400);
    expect((await create({ name: 'ci', role: 'viewer', expiresAt: 'soon' })).status).toBe(400);
  });

  test('keys are made and revoked by owners, within scope and tenant', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const { owner: stranger } = await iam.createTenant();
    const body = { name: 'ci', role: 'viewer' };
    const operator = userIdentity(tenantId, 'operator');
    const clientOwner = userIdentity(tenantId, 'owner', client.id);
    expect((await iam.call(operations.createApiKey, { body })).status).toBe(401);
    expect((await iam.call(operations.createApiKey, { as: operator, body })).status).toBe(403);
    expect((await iam.call(operations.createApiKey, { as: clientOwner, body })).status).toBe(403);
    const foreign = { ...body, clientId: client.id };
    expect((await iam.call(operations.createApiKey, { as: stranger, body: foreign })).status).toBe(
      404,
    );
    const { result } = await iam.call(operations.createApiKey, { as: owner, body });
    const params = { apiKeyId: result.id };
    expect((await iam.call(operations.revokeApiKey, { params })).status).toBe(401);
    expect((await iam.call(operations.revokeApiKey, { as: operator, params })).status).toBe(403);
    expect((await iam.call(operations.revokeApiKey, { as: clientOwner, params })).status).toBe(403);
    expect((await iam.call(operations.revokeApiKey, { as: stranger, params })).status).toBe(404);
    expect((await iam.call(operations.listApiKeys, { as: clientOwner })).result.items).toEqual([]);
    expect((await iam.call(operations.listApiKeys)).status).toBe(401);
    const strangers = await iam.call(operations.listApiKeys, { as: stranger });
    expect(strangers.result.items.map((item) => item.id)).not.toContain(result.id);
    const absent = { apiKeyId: newId('apiKey') };
    expect((await iam.call(operations.revokeApiKey, { as: owner, params: absent })).status).toBe(
      404,
    );
  });

  test('a key names itself as the current session', async () => {
    const { tenantId, apiKey } = await iam.createTenant();
    const as = { actor: { kind: 'api-key' as const, id: apiKey.id }, tenantId, grants: [] };
    const current = await iam.call(operations.getCurrentSession, { as });
    expect(current.result).toEqual({
      actor: { kind: 'api-key', id: apiKey.id, name: 'first key', email: null },
      tenant: { id: tenantId, name: 'Harbor Agency' },
      grants: [],
      expiresAt: null,
    });
    const unknown = { ...as, actor: { kind: 'api-key' as const, id: newId('apiKey') } };
    expect((await iam.call(operations.getCurrentSession, { as: unknown })).status).toBe(401);
    expect((await iam.call(operations.getCurrentSession)).status).toBe(401);
  });
});
