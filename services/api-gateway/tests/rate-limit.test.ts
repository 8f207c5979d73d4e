import { mintTenantId, someone, testRedis } from '@maxai/runtime/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiGateway } from '../deploy.ts';
import { outcomeOf, startGateway, withKey, type Gateway } from './gateway-fixture.ts';
import { commandsDuring } from './watch-cache.ts';

let gateway: Gateway;
let url: string;

beforeAll(async () => {
  ({ url } = await testRedis());
  gateway = await startGateway(url, { rateLimitPerMinute: 2, unknownCredentialsPerMinute: 3 });
});
afterAll(() => gateway.close());

const ask = (headers: Record<string, string>) => gateway.request('/api/clients', { headers });
const limitsOf = (response: Response) => [
  response.headers.get('ratelimit-policy'),
  response.headers.get('ratelimit'),
];

it('counts each credential by itself and says what is left [R135]', async () => {
  const headers = withKey(gateway.mintKey());
  expect(limitsOf(await ask(headers))).toEqual(['"default";q=2;w=60', '"default";r=1;t=40']);
  expect(limitsOf(await ask(headers))).toEqual(['"default";q=2;w=60', '"default";r=0;t=40']);
  const before = gateway.count('listClients');
  const refused = await ask(headers);
  expect(limitsOf(refused)).toEqual(['"default";q=2;w=60', '"default";r=0;t=40']);
  expect(refused.headers.get('retry-after')).toBe('40');
  expect(await outcomeOf(refused)).toEqual([429, 'rate_limited']);
  expect(gateway.count('listClients')).toBe(before);
  expect((await ask(withKey(gateway.mintKey()))).status).toBe(200);
});

it('counts a tenant over all its credentials, five times as much', async () => {
  const tenant = someone(mintTenantId(), 'owner');
  const keys = Array.from({ length: 12 }, () => withKey(gateway.mintKey(tenant)));
  // The first request of a credential asks iam and is counted for the credential alone.
  for (const key of keys) expect((await ask(key)).status).toBe(200);
  const statuses: number[] = [];
  for (const key of keys) statuses.push((await ask(key)).status);
  expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
});

it('costs one cache command a request and reaches nothing that has a database, refused or not [R65]', async () => {
  const headers = withKey(gateway.mintKey());
  expect((await ask(headers)).status).toBe(200);
  const reached = gateway.seen.length;
  const statuses: number[] = [];
  const commands = await commandsDuring({ url, cache: gateway.cache }, async () => {
    for (let turn = 0; turn < 20; turn += 1) statuses.push((await ask(headers)).status);
  });
  expect(statuses).toEqual([200, ...Array<number>(19).fill(429)]);
  expect(commands).toHaveLength(20);
  expect(gateway.seen.slice(reached).map(({ operation }) => operation)).toEqual(['listClients']);
  expect(apiGateway.database).toBeNull();
});

it('counts those who sign in by their address', async () => {
  const login = (address: string) =>
    gateway.request('/api/auth/login', { headers: { 'x-forwarded-for': address } });
  const answers = [];
  for (let turn = 0; turn < 3; turn += 1) answers.push((await login('203.0.113.7')).status);
  expect(answers).toEqual([302, 302, 429]);
  expect((await login('203.0.113.8')).status).toBe(302);
});

it('starts anew with the next minute, and keeps no count longer [R29]', async () => {
  const headers = withKey(gateway.mintKey());
  await ask(headers);
  await ask(headers);
  expect((await ask(headers)).status).toBe(429);
  const kept = await gateway.cache.redis.keys('rate:*');
  const lifetimes = await Promise.all(kept.map((key) => gateway.cache.redis.ttl(key)));
  expect(Math.min(...lifetimes)).toBeGreaterThan(0);
  expect(Math.max(...lifetimes)).toBeLessThanOrEqual(60);
  gateway.clock.advance(40_000);
  expect(limitsOf(await ask(headers))).toEqual(['"default";q=2;w=60', '"default";r=1;t=60']);
});

describe('an address that tries credentials nobody knows', () => {
  const from = (address: string, secret: string) =>
    ask({ ...withKey(secret), 'x-forwarded-for': address });
  const guess = (address: string) => from(address, `mxk_${randomUUID()}`);

  it('is refused after so many, unasked, however many at once, whatever it writes before its address', async () => {
    const asked = gateway.count('resolvePrincipal');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_unused, turn) => guess(`192.0.2.${turn}, 203.0.113.20`)),
    );
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429, 429, 429]);
    expect(gateway.count('resolvePrincipal')).toBe(asked + 3);
    const refused = await guess('203.0.113.20');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      detail: 'too many unknown credentials from this address',
    });
  });

  it('keeps nobody else out, nor whoever is known already', async () => {
    const known = gateway.mintKey();
    expect((await from('203.0.113.21', known)).status).toBe(200);
    for (let turn = 0; turn < 4; turn += 1) await guess('203.0.113.21');
    expect((await guess('203.0.113.21')).status).toBe(429);
    expect((await from('203.0.113.21', known)).status).toBe(200);
    expect((await from('203.0.113.22', gateway.mintKey())).status).toBe(200);
  });

  it('may show any number of good ones', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await from('203.0.113.23', gateway.mintKey())).status).toBe(200);
    }
  });
});
