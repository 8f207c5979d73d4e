import * as operations from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { brokenAuditEvent, createDatabase } from '@maxai/runtime/database';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  provisioner,
  staffIdentity,
  startIam,
  userIdentity,
  type IamFixture,
} from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const platformTenantId = 'ten_00000000000000000000000000';
const gateway = { ...serviceIdentity('api-gateway', null), grants: [] };

describe('tenants', () => {
  test('provisioning makes a tenant, its owner, a working key and staff, each audited', async () => {
    const email = `${newId('user')}@maxai.example`;
    const { tenantId, apiKey } = await iam.createTenant([email, email.toUpperCase()]);
    const resolved = await iam.call(operations.resolvePrincipal, {
      as: gateway,
      body: { kind: 'api-key', secretHash: hashOf(apiKey.secret) },
    });
    expect(resolved.result).toMatchObject({
      identity: { actor: { kind: 'api-key', id: apiKey.id }, tenantId },
      credentialId: apiKey.id,
      expiresAt: null,
    });
    expect(resolved.result.identity.grants[0]).toMatchObject({ scope: { kind: 'tenant' } });
    expect(await iam.auditOf(tenantId, 'create-tenant')).toMatchObject([
      { actor_kind: 'service', actor_id: 'maxai-ops', resource: tenantId },
    ]);
    const staff = await iam.owner.query<{ id: string }>(
      `select m.id from member m join app_user u on u.id = m.user_id where u.email = $1 and m.role = 'staff'`,
      [email],
    );
    expect(staff.rows).toHaveLength(1);
    const grants = await iam.auditOf(platformTenantId, 'grant-staff');
    expect(grants.filter((grant) => grant.resource === staff.rows[0]!.id)).toHaveLength(1);
  });

  test('tenants are made by provisioning services only', async () => {
    const { owner } = await iam.createTenant();
    const body = { name: 'A', ownerEmail: 'a@b.example', apiKeyName: 'k', staffEmails: [] };
    expect((await iam.call(operations.createTenant, { body })).status).toBe(401);
    expect((await iam.call(operations.createTenant, { as: owner, body })).status).toBe(404);
    expect((await iam.call(operations.createTenant, { as: gateway, body })).status).toBe(403);
    const invalid = { ...body, ownerEmail: 'nobody' };
    expect(
      (await iam.call(operations.createTenant, { as: provisioner, body: invalid })).status,
    ).toBe(400);
  });

  test('staff sees every tenant with its size, newest first, page by page', async () => {
    const { tenantId: older, owner } = await iam.createAgency();
    await iam.call(operations.addMember, {
      as: owner,
      body: { email: 'x@y.example', role: 'viewer' },
    });
    const { tenantId: newer } = await iam.createTenant();
    const first = await iam.call(operations.listTenants, {
      as: staffIdentity,
      query: { limit: 1 },
    });
    expect(first.result.items).toMatchObject([{ id: newer, clientCount: 0, memberCount: 1 }]);
    const cursor = first.result.nextCursor!;
    const second = await iam.call(operations.listTenants, {
      as: staffIdentity,
      query: { cursor, limit: 1 },
    });
    expect(second.result.items).toMatchObject([
      { id: older, name: 'Harbor Agency', clientCount: 1, memberCount: 2 },
    ]);
    const all = await iam.call(operations.listTenants, {
      as: staffIdentity,
      query: { limit: 200 },
    });
    expect(all.result.items.map((item) => item.id)).not.toContain(platformTenantId);
    expect(all.result.nextCursor).toBeNull();
  });

  test('an owner is not staff', async () => {
    const { owner } = await iam.createTenant();
    expect((await iam.call(operations.listTenants, { as: owner })).status).toBe(403);
    expect((await iam.call(operations.listTenants)).status).toBe(401);
    const query = { limit: 0 };
    expect((await iam.call(operations.listTenants, { as: staffIdentity, query })).status).toBe(400);
    const tenantScoped = {
      ...owner,
      grants: [{ scope: { kind: 'tenant' as const }, permissions: ['platform:read' as const] }],
    };
    expect((await iam.call(operations.listTenants, { as: tenantScoped })).status).toBe(404);
  });
});

describe('principals', () => {
  test('an unknown secret, a malformed hash and callers that are no service get nothing', async () => {
    const { owner } = await iam.createTenant();
    const secretHash = hashOf('unknown');
    const resolve = (kind: 'session' | 'api-key') =>
      iam.call(operations.resolvePrincipal, { as: gateway, body: { kind, secretHash } });
    expect((await resolve('session')).problem.code).toBe('session_expired');
    expect((await resolve('api-key')).problem.code).toBe('api_key_invalid');
    const body = { kind: 'session' as const, secretHash: 'short' };
    expect((await iam.call(operations.resolvePrincipal, { as: gateway, body })).status).toBe(400);
    const valid = { kind: 'session' as const, secretHash };
    expect((await iam.call(operations.resolvePrincipal, { as: owner, body: valid })).status).toBe(
      404,
    );
    expect((await iam.call(operations.resolvePrincipal, { body: valid })).status).toBe(401);
  });

  test('an expired key is invalid', async () => {
    const { owner } = await iam.createTenant();
    const expiresAt = new Date(iam.clock.now().getTime() + 60_000).toISOString();
    const { result } = await iam.call(operations.createApiKey, {
      as: owner,
      body: { name: 'short', role: 'viewer', expiresAt },
    });
    const body = { kind: 'api-key' as const, secretHash: hashOf(result.secret) };
    expect((await iam.call(operations.resolvePrincipal, { as: gateway, body })).status).toBe(200);
    iam.clock.advance(60_000);
    const late = await iam.call(operations.resolvePrincipal, { as: gateway, body });
    expect(late.problem.code).toBe('api_key_invalid');
  });

  test('a revocation waits for a resolution under way, so its cached principal cannot survive', async () => {
    const { owner, apiKey } = await iam.createTenant();
    const secretHash = hashOf(apiKey.secret);
    for (let round = 0; round < 5; round += 1) {
      const { result } = await iam.call(operations.createApiKey, {
        as: owner,
        body: { name: 'raced', role: 'viewer' },
      });
      const body = { kind: 'api-key' as const, secretHash: hashOf(result.secret) };
      await Promise.all([
        iam.call(operations.resolvePrincipal, { as: gateway, body }),
        iam.call(operations.revokeApiKey, { as: owner, params: { apiKeyId: result.id } }),
        iam.call(operations.resolvePrincipal, { as: gateway, body }),
      ]);
      expect(await iam.cache.get(`principal:${body.secretHash}`)).toBeUndefined();
    }
    expect(await iam.cache.get(`principal:${secretHash}`)).toBeDefined();
  });
});

describe('flags', () => {
  const key = 'guided-onboarding';

  test('a tenant’s own switch wins over the platform’s default, and says so [R143]', async () => {
    const { tenantId, owner } = await iam.createTenant();
    await iam.owner.query(
      `insert into flag (id, tenant_id, key, enabled, updated_at) values ($1, $2, $3, true, now())`,
      [newId('flag'), platformTenantId, key],
    );
    const before = await iam.call(operations.listFlags, { as: owner });
    expect(before.result.items).toEqual([{ key, enabled: true, reason: 'platform default' }]);
    const set = await iam.call(operations.setFlag, {
      as: owner,
      params: { key },
      body: { enabled: false },
    });
    expect(set.result).toEqual({ key, enabled: false, reason: 'set for this tenant' });
    await iam.call(operations.setFlag, {
      as: owner,
      params: { key: 'a-second' },
      body: { enabled: true },
    });
    const after = await iam.call(operations.listFlags, { as: owner });
    expect(after.result.items).toEqual([
      { key: 'a-second', enabled: true, reason: 'set for this tenant' },
      { key, enabled: false, reason: 'set for this tenant' },
    ]);
    const [audited] = await iam.auditOf(tenantId, 'set-flag');
    expect(audited).toMatchObject({ actor_id: owner.actor.id, detail: { key, enabled: false } });
    const { owner: stranger } = await iam.createTenant();
    const others = await iam.call(operations.listFlags, { as: stranger });
    expect(others.result.items).toEqual([{ key, enabled: true, reason: 'platform default' }]);
  });

  test('flags are answered from the cache until they are written or five minutes old [R29,R143]', async () => {
    const { tenantId, owner } = await iam.createTenant();
    await iam.call(operations.listFlags, { as: owner });
    const cacheKey = `flags:${tenantId}`;
    expect(await iam.cache.redis.ttl(cacheKey)).toBeGreaterThan(290);
    const marked = [{ key: 'from-cache', enabled: true, reason: 'platform default' }];
    await iam.cache.set(cacheKey, marked, 300);
    expect((await iam.call(operations.listFlags, { as: owner })).result.items).toEqual(marked);
    const write = { as: owner, params: { key }, body: { enabled: true } };
    await iam.call(operations.setFlag, write);
    await iam.call(operations.setFlag, { ...write, body: { enabled: false } });
    const fresh = await iam.call(operations.listFlags, { as: owner });
    expect(fresh.result.items.find((item) => item.key === key)?.enabled).toBe(false);
  });

  test('owners switch flags; a client-scope viewer reads them', async () => {
    const { tenantId, client } = await iam.createAgency();
    const viewer = userIdentity(tenantId, 'viewer', client.id);
    const clientOwner = userIdentity(tenantId, 'owner', client.id);
    const write = { params: { key }, body: { enabled: true } };
    expect((await iam.call(operations.listFlags, { as: viewer })).status).toBe(200);
    expect((await iam.call(operations.setFlag, { as: viewer, ...write })).status).toBe(403);
    expect((await iam.call(operations.setFlag, { as: clientOwner, ...write })).status).toBe(403);
    expect((await iam.call(operations.setFlag, write)).status).toBe(401);
    expect((await iam.call(operations.listFlags)).status).toBe(401);
    const owner = userIdentity(tenantId, 'owner');
    const invalid = { as: owner, params: { key }, body: {} as { enabled: boolean } };
    expect((await iam.call(operations.setFlag, invalid)).status).toBe(400);
  });
});

describe('audit', () => {
  test('the trail is listed newest first, page by page, and its chain holds', async () => {
    const { tenantId, owner, client } = await iam.createAgency();
    const first = await iam.call(operations.listAuditEvents, { as: owner, query: { limit: 1 } });
    expect(first.result.items).toMatchObject([
      {
        action: 'create-client',
        actor: { kind: 'user', id: owner.actor.id },
        resource: client.id,
        clientId: client.id,
        detail: { name: client.name },
      },
    ]);
    const cursor = first.result.nextCursor!;
    const second = await iam.call(operations.listAuditEvents, { as: owner, query: { cursor } });
    expect(second.result.items.map((item) => item.action)).toEqual(['create-tenant']);
    expect(second.result.nextCursor).toBeNull();
    const database = createDatabase({
      url: iam.database.appUrl,
      poolMax: 1,
      applicationName: 'test',
    });
    const broken = await database.tenant(tenantId, (tx) => brokenAuditEvent(tx, tenantId));
    await database.close();
    expect(broken).toBeUndefined();
  });

  test('viewers and client-scope owners do not read the trail, nor do strangers', async () => {
    const { tenantId, client } = await iam.createAgency();
    const { owner: stranger, tenantId: otherTenant } = await iam.createTenant();
    const viewer = userIdentity(tenantId, 'viewer');
    const clientOwner = userIdentity(tenantId, 'owner', client.id);
    expect((await iam.call(operations.listAuditEvents)).status).toBe(401);
    expect((await iam.call(operations.listAuditEvents, { as: viewer })).status).toBe(403);
    expect((await iam.call(operations.listAuditEvents, { as: clientOwner })).status).toBe(404);
    const query = { limit: 201 };
    expect((await iam.call(operations.listAuditEvents, { as: stranger, query })).status).toBe(400);
    const others = await iam.call(operations.listAuditEvents, { as: stranger });
    expect(others.result.items.map((item) => item.resource)).toEqual([otherTenant]);
  });
});
