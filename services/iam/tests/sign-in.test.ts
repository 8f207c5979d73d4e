import * as operations from '@maxai/contracts/http/iam';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createIam } from '../src/index.ts';
import { staffIdentity, startIam, userIdentity, type IamFixture } from './iam-fixture.ts';
import { signInAtProvider } from './sandbox-browser.ts';

let sandbox: Sandbox;
let iam: IamFixture;
beforeAll(async () => {
  sandbox = await createSandbox();
  iam = await startIam({
    oidcIssuer: sandbox.issuer,
    oidcClientId: sandbox.oidc.clientId,
    oidcClientSecret: sandbox.oidc.clientSecret,
  });
});
afterAll(async () => {
  await iam.stop();
  await sandbox.close();
});
beforeEach(async () => {
  await iam.owner.query('delete from session');
  await iam.owner.query('delete from member');
});

const gateway: Identity = { ...serviceIdentity('api-gateway', null), grants: [] };
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const startLogin = (returnTo?: string) =>
  iam.call(operations.startLogin, {
    as: gateway,
    ...(returnTo !== undefined && { query: { returnTo } }),
  });
const cookiePair = (cookie: string) => cookie.split(';', 1)[0]!;

async function signIn(email: string, returnTo?: string) {
  const started = await startLogin(returnTo);
  const query = await signInAtProvider(started.location, email);
  const finished = await iam.call(operations.finishLogin, {
    as: gateway,
    query,
    cookie: cookiePair(started.cookies[0]!),
  });
  const cookie = finished.cookies.find((line) => line.startsWith('maxai_session='));
  return { ...finished, query, cookie: cookiePair(cookie ?? '') };
}

async function resolve(cookie: string) {
  const secretHash = hashOf(cookie.replace('maxai_session=', ''));
  const answer = await iam.call(operations.resolvePrincipal, {
    as: gateway,
    body: { kind: 'session', secretHash },
  });
  return { ...answer, cached: await iam.cache.get(`principal:${secretHash}`), secretHash };
}

/** A tenant whose owner has signed in. */
async function signedInOwner() {
  const { tenantId } = await iam.createTenant([], 'owner@harbor.example');
  const { cookie } = await signIn('owner@harbor.example');
  const { result } = await resolve(cookie);
  return { tenantId, cookie, principal: result, as: result.identity as Identity };
}

describe('the process', () => {
  test('listens, reports its dependencies, and says when it drains', async () => {
    const plain = await createIam({ ...iam.config, logLevel: 'error' });
    const healthy = await fetch(`${plain.url}/health`);
    expect(await healthy.json()).toMatchObject({
      status: 'ok',
      service: 'iam',
      checks: { database: { status: 'ok' }, cache: { status: 'ok' } },
    });
    plain.beginDrain();
    expect((await fetch(`${plain.url}/health`)).status).toBe(503);
    expect((await fetch(`${plain.url}/livez`)).status).toBe(200);
    await plain.close();
    await expect(fetch(`${plain.url}/livez`)).rejects.toThrow('fetch failed');
  });
});

describe('starting a sign-in', () => {
  test('the browser leaves with state, nonce and a PKCE challenge, tied to it by a cookie', async () => {
    const started = await startLogin('/calls?page=2');
    expect(started.status).toBe(302);
    const url = new URL(started.location);
    expect(url.href).toContain(`${sandbox.issuer}/auth`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: sandbox.oidc.clientId,
      redirect_uri: iam.config.oidcRedirectUrl,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    const state = url.searchParams.get('state')!;
    expect(started.cookies).toEqual([
      `maxai_login=${state}; Path=/api/auth; Max-Age=600; HttpOnly; SameSite=Lax`,
    ]);
    const key = `login:${hashOf(state)}`;
    expect(await iam.cache.get(key)).toMatchObject({ returnTo: '/calls?page=2' });
    expect(await iam.cache.redis.ttl(key)).toBeGreaterThan(590);
  });

  test('a return address on another site is refused', async () => {
    expect((await startLogin('//evil.example')).status).toBe(400);
    expect((await startLogin('https://evil.example')).status).toBe(400);
    expect((await iam.call(operations.startLogin)).status).toBe(401);
  });
});

describe('finishing a sign-in', () => {
  test('an invited person gets a session, is bound to the account, and it is audited [R29,R137]', async () => {
    const { tenantId } = await iam.createTenant([], 'owner@harbor.example');
    const finished = await signIn('owner@harbor.example', '/calls');
    expect(finished.location).toBe('/calls');
    expect(finished.cookies).toEqual([
      'maxai_login=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Lax',
      expect.stringMatching(
        /^maxai_session=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const token = finished.cookie.replace('maxai_session=', '');
    const stored = await iam.owner.query('select * from session');
    expect(stored.rows).toMatchObject([{ token_hash: hashOf(token), user_agent: 'vitest' }]);
    expect(JSON.stringify(stored.rows)).not.toContain(token);
    expect(iam.logLines.join('')).not.toContain(token);
    await expect
      .poll(() => iam.cache.get(`principal:${hashOf(token)}`))
      .toMatchObject({
        identity: { tenantId, grants: [{ scope: { kind: 'tenant' } }] },
        credentialId: stored.rows[0].id,
      });
    const users = await iam.owner.query(
      'select issuer, subject, name from app_user where id = $1',
      [stored.rows[0].user_id],
    );
    expect(users.rows).toEqual([
      { issuer: sandbox.issuer, subject: 'sandbox-owner', name: 'Olivia Owner' },
    ]);
    expect(await iam.auditOf(tenantId, 'finish-login')).toMatchObject([
      { actor_kind: 'user', actor_id: stored.rows[0].user_id, resource: stored.rows[0].id },
    ]);
  });

  test('a bound person is recognised by subject, whatever the invitation’s email', async () => {
    const { as } = await signedInOwner();
    await iam.owner.query('update app_user set email = $1 where id = $2', [
      `${newId('user')}@elsewhere.example`,
      as.actor.id,
    ]);
    const { cookie } = await signIn('owner@harbor.example');
    expect((await resolve(cookie)).result.identity.actor.id).toBe(as.actor.id);
  });

  test('an email that somebody else has bound lets nobody in', async () => {
    const { tenantId } = await iam.createTenant([], 'viewer@harbor.example');
    await iam.owner.query(
      `update app_user set issuer = 'https://other.example', subject = 'x' where tenant_id = $1`,
      [tenantId],
    );
    expect((await signIn('viewer@harbor.example')).location).toBe('/sign-in?error=no_access');
  });

  test('an unknown person lands on the sign-in page without a session', async () => {
    const finished = await signIn('viewer@harbor.example');
    expect(finished.status).toBe(302);
    expect(finished.location).toBe('/sign-in?error=no_access');
    expect(finished.cookie).toBe('');
  });

  test('an email that the provider has not verified opens nothing', async () => {
    await iam.createTenant([], 'unverified@harbor.example');
    const finished = await signIn('unverified@harbor.example');
    expect(finished.location).toBe('/sign-in?error=email_not_verified');
    expect(finished.cookie).toBe('');
  });

  test('somebody with several tenants signs in to the oldest', async () => {
    const { tenantId } = await iam.createTenant([], 'viewer@harbor.example');
    await iam.createTenant([], 'viewer@harbor.example');
    const { cookie } = await signIn('viewer@harbor.example');
    expect((await resolve(cookie)).result.identity.tenantId).toBe(tenantId);
  });

  test('an invitation by an older tenant takes nobody away from the tenant they are bound in', async () => {
    const older = await iam.createTenant();
    const own = await iam.createTenant([], 'viewer@harbor.example');
    const tenantOf = async () => {
      const { cookie } = await signIn('viewer@harbor.example');
      return (await resolve(cookie)).result.identity.tenantId;
    };
    expect(await tenantOf()).toBe(own.tenantId);
    await iam.call(operations.addMember, {
      as: older.owner,
      body: { email: 'viewer@harbor.example', role: 'viewer' },
    });
    expect(await tenantOf()).toBe(own.tenantId);
    await iam.owner.query('delete from member where tenant_id = $1', [own.tenantId]);
    expect(await tenantOf()).toBe(older.tenantId);
    await iam.createTenant([], 'viewer@harbor.example');
    expect(await tenantOf()).toBe(older.tenantId);
  });

  test('somebody bound in a tenant who becomes staff signs in to the platform', async () => {
    await signedInOwner();
    await iam.createTenant(['owner@harbor.example']);
    const { cookie } = await signIn('owner@harbor.example');
    expect((await resolve(cookie)).result.identity.tenantId).toBeNull();
  });

  test('staff signs in to the platform, without a tenant', async () => {
    await iam.createTenant(['staff@maxai.example']);
    const { cookie } = await signIn('staff@maxai.example');
    const { result } = await resolve(cookie);
    expect(result.identity).toMatchObject({
      tenantId: null,
      grants: [{ scope: { kind: 'platform' }, permissions: ['platform:read', 'platform:write'] }],
    });
    const as = result.identity as Identity;
    const current = await iam.call(operations.getCurrentSession, { as, cookie });
    expect(current.result).toMatchObject({
      actor: { email: 'staff@maxai.example', name: 'Sam Staff' },
      tenant: null,
    });
    expect((await iam.call(operations.logout, { as, cookie })).status).toBe(204);
  });

  test('a code is good once, and only in the browser that started', async () => {
    await iam.createTenant([], 'owner@harbor.example');
    const started = await startLogin();
    const query = await signInAtProvider(started.location, 'owner@harbor.example');
    const cookie = cookiePair(started.cookies[0]!);
    const other = cookiePair((await startLogin()).cookies[0]!);
    const finish = (input: { cookie?: string; query?: Record<string, string> }) =>
      iam.call(operations.finishLogin, { as: gateway, query, ...input });
    expect((await finish({})).location).toBe('/sign-in?error=login_expired');
    expect((await finish({ cookie: other })).location).toBe('/sign-in?error=login_failed');
    expect((await finish({ cookie })).location).toBe('/');
    expect((await finish({ cookie })).location).toBe('/sign-in?error=login_expired');
    const again = cookiePair((await startLogin()).cookies[0]!);
    const replayed = { ...query, state: again.replace('maxai_login=', '') };
    expect((await finish({ cookie: again, query: replayed })).location).toBe(
      '/sign-in?error=login_failed',
    );
  });

  test('a refusal of the provider ends on the sign-in page', async () => {
    const started = await startLogin();
    const state = new URL(started.location).searchParams.get('state')!;
    const refused = await iam.call(operations.finishLogin, {
      as: gateway,
      query: { error: 'access_denied', state, iss: sandbox.issuer },
      cookie: cookiePair(started.cookies[0]!),
    });
    expect(refused.location).toBe('/sign-in?error=login_failed');
    expect((await iam.call(operations.finishLogin)).status).toBe(401);
  });
});

describe('a session', () => {
  test('says who is signed in, where, with what permissions', async () => {
    const { tenantId, cookie, as, principal } = await signedInOwner();
    const current = await iam.call(operations.getCurrentSession, { as, cookie });
    expect(current.result).toEqual({
      actor: {
        kind: 'user',
        id: as.actor.id,
        name: 'Olivia Owner',
        email: 'owner@harbor.example',
      },
      tenant: { id: tenantId, name: 'Harbor Agency' },
      grants: as.grants,
      expiresAt: principal.expiresAt,
    });
    const list = await iam.call(operations.listSessions, { as, cookie });
    expect(list.result.items).toMatchObject([
      { id: principal.credentialId, userId: as.actor.id, userAgent: 'vitest', current: true },
    ]);
    const viewer = userIdentity(tenantId, 'viewer');
    const elsewhere = await iam.call(operations.listSessions, { as: viewer });
    expect(elsewhere.result.items[0]?.current).toBe(false);
  });

  test('of somebody else is not the caller’s current one', async () => {
    const { tenantId, cookie } = await signedInOwner();
    const as = userIdentity(tenantId, 'viewer');
    for (const operation of [operations.getCurrentSession, operations.logout]) {
      expect((await iam.call(operation, { as, cookie })).problem.code).toBe('session_expired');
    }
    expect((await resolve(cookie)).status).toBe(200);
  });

  test('ends at logout: cookie, cache and resolution, audited', async () => {
    const { tenantId, cookie, as, principal } = await signedInOwner();
    const left = await iam.call(operations.logout, { as, cookie });
    expect(left.status).toBe(204);
    expect(left.cookies).toEqual(['maxai_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax']);
    const { problem, cached } = await resolve(cookie);
    expect(problem.code).toBe('session_expired');
    expect(cached).toBeUndefined();
    expect((await iam.call(operations.logout, { as, cookie })).problem.code).toBe(
      'session_expired',
    );
    expect((await iam.call(operations.logout)).status).toBe(401);
    expect(await iam.auditOf(tenantId, 'logout')).toMatchObject([
      { actor_id: as.actor.id, resource: principal.credentialId },
    ]);
  });

  test('is gone from the cache and unusable the moment it is revoked, audited', async () => {
    const { tenantId, cookie, as, principal } = await signedInOwner();
    const params = { sessionId: principal.credentialId };
    const stranger = (await iam.createTenant()).owner;
    const clientScoped = userIdentity(tenantId, 'owner', newId('client'));
    expect((await iam.call(operations.revokeSession, { params })).status).toBe(401);
    const viewer = userIdentity(tenantId, 'viewer');
    expect((await iam.call(operations.revokeSession, { as: viewer, params })).status).toBe(403);
    expect((await iam.call(operations.revokeSession, { as: clientScoped, params })).status).toBe(
      403,
    );
    expect((await iam.call(operations.revokeSession, { as: stranger, params })).status).toBe(404);
    expect((await resolve(cookie)).cached).toBeDefined();
    expect((await iam.call(operations.revokeSession, { as, params })).status).toBe(204);
    const { problem, cached } = await resolve(cookie);
    expect(problem.code).toBe('session_expired');
    expect(cached).toBeUndefined();
    expect((await iam.call(operations.revokeSession, { as, params })).status).toBe(404);
    const malformed = { sessionId: 'ses_1' };
    expect((await iam.call(operations.revokeSession, { as, params: malformed })).status).toBe(400);
    expect((await iam.call(operations.listSessions, { as })).result.items).toEqual([]);
    expect(await iam.auditOf(tenantId, 'revoke-session')).toMatchObject([
      { actor_id: as.actor.id, resource: principal.credentialId },
    ]);
  });

  test('ends when the grant behind it is taken away', async () => {
    const { tenantId, cookie, as } = await signedInOwner();
    await iam.call(operations.addMember, {
      as,
      body: { email: 'second@harbor.example', role: 'owner' },
    });
    const members = await iam.call(operations.listMembers, { as });
    const own = members.result.items.find((item) => item.userId === as.actor.id)!;
    const params = { memberId: own.id };
    expect((await iam.call(operations.removeMember, { as, params })).status).toBe(204);
    const { problem, cached } = await resolve(cookie);
    expect(problem.code).toBe('session_expired');
    expect(cached).toBeUndefined();
    expect(await iam.auditOf(tenantId, 'remove-member')).toMatchObject([
      { detail: { sessionsRevoked: 1 } },
    ]);
    expect((await signIn('owner@harbor.example')).location).toBe('/sign-in?error=no_access');
  });

  test('expires after its time [R29]', async () => {
    const { cookie, as } = await signedInOwner();
    iam.clock.advance(86_400_000);
    expect((await resolve(cookie)).problem.code).toBe('session_expired');
    const current = await iam.call(operations.getCurrentSession, { as, cookie });
    expect(current.problem.code).toBe('session_expired');
    expect((await iam.call(operations.listSessions, { as, cookie })).result.items).toEqual([]);
  });

  test('lists are for tenant-wide readers of the same tenant', async () => {
    const { tenantId } = await signedInOwner();
    const { owner: stranger } = await iam.createTenant();
    expect((await iam.call(operations.listSessions)).status).toBe(401);
    expect((await iam.call(operations.listSessions, { as: staffIdentity })).status).toBe(403);
    const clientScoped = userIdentity(tenantId, 'viewer', newId('client'));
    expect((await iam.call(operations.listSessions, { as: clientScoped })).status).toBe(404);
    expect((await iam.call(operations.listSessions, { as: stranger })).result.items).toEqual([]);
    const query = { limit: 0 };
    expect((await iam.call(operations.listSessions, { as: stranger, query })).status).toBe(400);
  });
});
