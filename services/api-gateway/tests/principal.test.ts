import { newId } from '@maxai/kernel/ids';
import { mintTenantId, someone, testRedis } from '@maxai/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  nowhere,
  outcomeOf,
  ownOrigin,
  startGateway,
  startedAt,
  withKey,
  withSession,
  type Gateway,
} from './gateway-fixture.ts';
import { commandsDuring } from './watch-cache.ts';

let gateway: Gateway;
let cacheUrl: string;

beforeAll(async () => {
  ({ url: cacheUrl } = await testRedis());
  gateway = await startGateway(cacheUrl);
});
afterAll(() => gateway.close());

const staff = {
  actor: { kind: 'user' as const, id: newId('user') },
  tenantId: null,
  grants: [{ scope: { kind: 'platform' as const }, permissions: ['platform:read' as const] }],
};

describe('a credential', () => {
  it.each([
    ['session', () => withSession(gateway.mintSession())],
    ['API key', () => withKey(gateway.mintKey())],
  ])(
    'that is a %s is asked of iam once, then costs one cache round trip [R63]',
    async (_kind, mint) => {
      const headers = mint();
      const before = gateway.count('resolvePrincipal');
      expect((await gateway.request('/api/clients', { headers })).status).toBe(200);
      expect(gateway.count('resolvePrincipal')).toBe(before + 1);
      const commands = await commandsDuring({ url: cacheUrl, cache: gateway.cache }, async () => {
        expect((await gateway.request('/api/clients', { headers })).status).toBe(200);
      });
      expect(commands).toHaveLength(1);
      expect(commands[0]).toMatch(
        /^"evalsha" .* "principal:[0-9a-f]{64}" "rate:[0-9a-f]{64}:\d+" /,
      );
      expect(gateway.count('resolvePrincipal')).toBe(before + 1);
    },
  );

  it('reaches the service as the identity that was signed, whatever the client sends', async () => {
    const identity = someone(mintTenantId(), 'viewer');
    const headers = { ...withSession(gateway.mintSession(identity)), 'x-maxai-identity': 'forged' };
    expect((await gateway.request('/api/clients', { headers })).status).toBe(200);
    const call = gateway.seen.at(-1)!;
    expect(call.identity).toEqual(identity);
    expect(call.headers['x-maxai-identity']).not.toContain('forged');
  });

  it.each([
    ['a session nobody knows', () => withSession('unknown'), 'session_expired'],
    ['an API key nobody knows', () => withKey('mxk_unknown'), 'api_key_invalid'],
    ['another kind of token', () => withKey('eyJhbGciOiJub25lIn0.e30.'), 'token_invalid'],
    ['another scheme', () => ({ authorization: 'Basic bXhrOg==' }), 'token_invalid'],
    ['an empty cookie', () => withSession(''), 'unauthenticated'],
    ['nothing', () => ({}), 'unauthenticated'],
  ])('that is %s answers 401 with its code', async (_case, headers, code) => {
    const response = await gateway.request('/api/clients', { headers: headers() });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await outcomeOf(response)).toEqual([401, code]);
  });

  it('that iam revoked is refused at the next request', async () => {
    const token = gateway.mintSession();
    const headers = withSession(token);
    expect((await gateway.request('/api/clients', { headers })).status).toBe(200);
    await gateway.revoke(token);
    const response = await gateway.request('/api/clients', { headers });
    expect(await outcomeOf(response)).toEqual([401, 'session_expired']);
  });

  it('that expired while it was cached is refused', async () => {
    const own = await startGateway(cacheUrl);
    const session = withSession(own.mintSession());
    const key = withKey(
      own.mintKey(undefined, new Date(startedAt.getTime() + 60_000).toISOString()),
    );
    for (const headers of [session, key]) {
      expect((await own.request('/api/clients', { headers })).status).toBe(200);
    }
    own.clock.advance(3_600_000);
    const answers = await Promise.all(
      [session, key].map(async (headers) =>
        outcomeOf(await own.request('/api/clients', { headers })),
      ),
    );
    expect(answers).toEqual([
      [401, 'session_expired'],
      [401, 'api_key_invalid'],
    ]);
    expect(own.count('resolvePrincipal')).toBe(2);
    await own.close();
  });

  it('is asked of iam each time while the cache is away', async () => {
    const own = await startGateway(`redis://${nowhere}`);
    const headers = withKey(own.mintKey());
    for (const expected of [1, 2]) {
      const response = await own.request('/api/clients', { headers });
      expect(response.status).toBe(200);
      expect(response.headers.has('ratelimit')).toBe(false);
      expect(own.count('resolvePrincipal')).toBe(expected);
    }
    expect((await own.request('/api/auth/login')).status).toBe(302);
    await own.close();
  });

  it('that ended does not keep a browser from signing in', async () => {
    const response = await gateway.request('/api/auth/login', { headers: withSession('ended') });
    expect(response.status).toBe(302);
    expect(gateway.seen.at(-1)).toMatchObject({
      operation: 'startLogin',
      identity: { actor: { kind: 'service', id: 'api-gateway' }, grants: [] },
    });
  });

  it('whose iam is away answers 503, not that the credential is wrong', async () => {
    const own = await startGateway(cacheUrl, { iamUrl: `http://${nowhere}` });
    const response = await own.request('/api/clients', { headers: withKey('mxk_any') });
    expect(await outcomeOf(response)).toEqual([503, 'service_unavailable']);
    await own.close();
  });
});

describe('a permission', () => {
  it('that is missing answers 403 and names what is needed', async () => {
    const viewer = withKey(gateway.mintKey(someone(mintTenantId(), 'viewer')));
    const response = await gateway.request('/api/prompts', {
      method: 'POST',
      headers: { ...viewer, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Mia', template: 'Hello' }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: 'forbidden',
      detail: 'needs prompt:write',
    });
  });

  it('of the platform is for staff only', async () => {
    const owner = await gateway.request('/api/admin/tenants', {
      headers: withSession(gateway.mintSession()),
    });
    expect(await outcomeOf(owner)).toEqual([403, 'forbidden']);
    const allowed = await gateway.request('/api/admin/tenants', {
      headers: withSession(gateway.mintSession(staff)),
    });
    expect(allowed.status).toBe(200);
  });

  it('is not needed where being signed in is enough', async () => {
    const response = await gateway.request('/api/auth/logout', {
      method: 'POST',
      headers: withKey(gateway.mintKey(someone(mintTenantId(), 'viewer'))),
    });
    expect(response.status).toBe(204);
  });

  it.each(['/internal/principals/resolve', '/internal/deliveries/fetch', '/api/nothing'])(
    'does not open %s, which has no route',
    async (path) => {
      const headers = { ...withKey(gateway.mintKey()), 'content-type': 'application/json' };
      const response = await gateway.request(path, { method: 'POST', headers, body: '{}' });
      expect(await outcomeOf(response)).toEqual([404, 'not_found']);
    },
  );
});

describe('the health of the platform', () => {
  it('lists every service for staff, and names those that cannot be reached', async () => {
    const headers = withSession(gateway.mintSession(staff));
    const response = await gateway.request('/api/admin/health', { headers });
    const { items } = (await response.json()) as { items: { service: string; status: string }[] };
    expect(items).toContainEqual({ service: 'iam', status: 'ok', dependencies: [] });
    expect(
      items.filter(({ status }) => status === 'unreachable').map(({ service }) => service),
    ).toEqual(['webhook-ingress', 'orchestrator']);
  });

  it('names the dependencies of each service', async () => {
    const behind = await startGateway(cacheUrl);
    const own = await startGateway(cacheUrl, { paymentsUrl: behind.url });
    const response = await own.request('/api/admin/health', {
      headers: withSession(own.mintSession(staff)),
    });
    const { items } = (await response.json()) as { items: { service: string }[] };
    expect(items.find(({ service }) => service === 'payments')).toEqual({
      service: 'payments',
      status: 'ok',
      dependencies: [
        { name: 'cache', status: 'ok' },
        { name: 'iam', status: 'ok' },
      ],
    });
    await own.close();
    await behind.close();
  });

  it('is not for tenants', async () => {
    const response = await gateway.request('/api/admin/health', {
      headers: withKey(gateway.mintKey()),
    });
    expect(await outcomeOf(response)).toEqual([403, 'forbidden']);
  });
});

describe('a write that rides on the session cookie', () => {
  const body = JSON.stringify({ enabled: true });
  const put = (headers: Record<string, string>) =>
    gateway.request('/api/flags/beta', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin', {}],
    ['no origin and another site', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused from %s and reaches nobody', async (_case, sent) => {
    const before = gateway.count('setFlag');
    const response = await put({ ...withSession(gateway.mintSession()), ...sent });
    expect(await outcomeOf(response)).toEqual([403, 'csrf_rejected']);
    expect(gateway.count('setFlag')).toBe(before);
  });

  it.each([
    ['our own origin', { origin: ownOrigin }],
    ['an origin that is configured', { origin: 'https://portal.example' }],
    ['the same site without an origin', { 'sec-fetch-site': 'same-origin' }],
  ])('is taken from %s', async (_case, sent) => {
    const response = await put({ ...withSession(gateway.mintSession()), ...sent });
    expect(response.status).toBe(200);
  });

  it('is no matter for an API key, nor for a read', async () => {
    const foreign = { origin: 'https://evil.example' };
    expect((await put({ ...withKey(gateway.mintKey()), ...foreign })).status).toBe(200);
    const read = await gateway.request('/api/clients', {
      headers: { ...withSession(gateway.mintSession()), ...foreign },
    });
    expect(read.status).toBe(200);
    expect(read.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('is announced by a preflight that only our own origins pass', async () => {
    const preflight = (origin: string) =>
      gateway.request('/api/flags/beta', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT' },
      });
    const own = await preflight('https://admin.example');
    expect(own.status).toBe(204);
    expect(own.headers.get('access-control-allow-origin')).toBe('https://admin.example');
    expect(own.headers.get('access-control-allow-credentials')).toBe('true');
    expect(own.headers.get('access-control-allow-methods')).toContain('PUT');
    const foreign = await preflight('https://evil.example');
    expect(foreign.headers.has('access-control-allow-origin')).toBe(false);
  });
});
