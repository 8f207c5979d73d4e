import { AppError } from '@maxai/kernel/errors';
import { freePort } from '@maxai/ops/local/ports';
import { startRedis } from '@maxai/ops/local/redis-server';
import { testRedis } from '@maxai/runtime/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mintedSecret,
  nowhere,
  outcomeOf,
  ownOrigin,
  startGateway,
  withKey,
  withSession,
  type Gateway,
} from './gateway-fixture.ts';

let gateway: Gateway;
let cacheUrl: string;

beforeAll(async () => {
  ({ url: cacheUrl } = await testRedis());
  gateway = await startGateway(cacheUrl);
});
afterAll(() => gateway.close());

const prompt = { name: 'Mia', template: 'Hello {{name}}' };
const post =
  (to: Gateway, headers: Record<string, string>) =>
  (key: string, body: object = prompt) =>
    to.request('/api/prompts', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });

it('answers the repeat of a write with the first answer, and makes it once', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const before = gateway.count('createPrompt');
  const key = randomUUID();
  const first = await send(key);
  expect(first.status).toBe(201);
  expect(first.headers.has('idempotency-replayed')).toBe(false);
  const repeat = await send(`"${key}"`);
  expect(repeat.status).toBe(201);
  expect(repeat.headers.get('idempotency-replayed')).toBe('true');
  expect(repeat.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(await repeat.json()).toEqual(await first.json());
  expect(gateway.count('createPrompt')).toBe(before + 1);
});

it('holds a key for one caller and one operation', async () => {
  const key = randomUUID();
  const before = gateway.count('createPrompt');
  await post(gateway, withKey(gateway.mintKey()))(key);
  const other = await post(gateway, withKey(gateway.mintKey()))(key);
  expect(other.headers.has('idempotency-replayed')).toBe(false);
  expect(gateway.count('createPrompt')).toBe(before + 2);
});

it('answers 409 while the first is under way', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const key = randomUUID();
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  gateway.holdAnswers(() => {
    reached.resolve();
    return released.promise;
  });
  const first = send(key);
  await reached.promise;
  const second = await send(key);
  expect(second.headers.get('retry-after')).toBe('1');
  expect(await outcomeOf(second)).toEqual([409, 'idempotency_in_progress']);
  released.resolve();
  gateway.holdAnswers(() => Promise.resolve());
  expect((await first).status).toBe(201);
});

it('answers 422 when the key comes with another body', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const key = randomUUID();
  expect((await send(key)).status).toBe(201);
  const changed = await send(key, { ...prompt, name: 'Leo' });
  expect(await outcomeOf(changed)).toEqual([422, 'idempotency_mismatch']);
});

it.each(['', 'two words', '"unbalanced', 'x'.repeat(256)])(
  'answers 400 for the key %j and makes nothing',
  async (key) => {
    const before = gateway.count('createPrompt');
    const response = await post(gateway, withKey(gateway.mintKey()))(key);
    expect(await outcomeOf(response)).toEqual([400, 'invalid_request']);
    expect(gateway.count('createPrompt')).toBe(before);
  },
);

describe('a write whose answer holds a secret', () => {
  const mint =
    (headers: Record<string, string>) =>
    (key: string, role = 'viewer') =>
      gateway.request('/api/api-keys', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ name: 'CI', role }),
      });

  async function everythingKept(): Promise<string> {
    const keys = await gateway.cache.redis.keys('*');
    return (await Promise.all(keys.map((key) => gateway.cache.redis.get(key)))).join('\n');
  }

  it('is made once; the repeat is told what to do and the secret is kept nowhere', async () => {
    const send = mint(withKey(gateway.mintKey()));
    const key = randomUUID();
    const before = gateway.count('createApiKey');
    const first = await send(key);
    expect([first.status, first.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(await first.json()).toMatchObject({ secret: mintedSecret });
    const repeat = await send(key);
    expect(repeat.status).toBe(409);
    expect(await repeat.json()).toMatchObject({
      code: 'idempotency_spent',
      detail: 'revoke what the first request made and ask again with a new Idempotency-Key',
    });
    expect(gateway.count('createApiKey')).toBe(before + 1);
    expect(await everythingKept()).not.toContain(mintedSecret);
  });

  it('still answers a refusal with the same refusal, and another body with 422', async () => {
    const send = mint(withKey(gateway.mintKey()));
    const key = randomUUID();
    expect((await send(key, 'nobody')).status).toBe(400);
    const repeat = await send(key, 'nobody');
    expect([repeat.status, repeat.headers.get('idempotency-replayed')]).toEqual([400, 'true']);
    expect((await send(key, 'owner')).status).toBe(422);
  });
});

it('does not keep a failure of ours: the same key may try again', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const key = randomUUID();
  gateway.holdAnswers(() => Promise.reject(new Error('out of order')));
  expect(await outcomeOf(await send(key))).toEqual([500, 'internal']);
  gateway.holdAnswers(() => Promise.resolve());
  expect((await send(key)).status).toBe(201);
});

it('makes nothing twice when the first request was not answered in time', async () => {
  const late = await startGateway(cacheUrl, { upstreamTimeoutMs: 500 });
  const send = post(late, withKey(late.mintKey()));
  const released = Promise.withResolvers<void>();
  late.holdAnswers(() => released.promise);
  const key = randomUUID();
  expect(await outcomeOf(await send(key))).toEqual([504, 'upstream_timeout']);
  released.resolve();
  const repeat = await send(key);
  expect(repeat.status).toBe(409);
  expect(await repeat.json()).toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('send it again with a new Idempotency-Key'),
  });
  expect(await outcomeOf(await send(key, { ...prompt, name: 'Leo' }))).toEqual([
    422,
    'idempotency_mismatch',
  ]);
  expect(late.count('createPrompt')).toBe(1);
  await late.close();
});

it('makes nothing twice when the service broke off', async () => {
  let seen = 0;
  const service = createServer((request) => {
    seen += 1;
    request.socket.destroy();
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const { port } = service.address() as AddressInfo;
  const broken = await startGateway(cacheUrl, { promptSvcUrl: `http://127.0.0.1:${port}` });
  const send = post(broken, withKey(broken.mintKey()));
  const key = randomUUID();
  expect(await outcomeOf(await send(key))).toEqual([503, 'service_unavailable']);
  expect(await outcomeOf(await send(key))).toEqual([409, 'conflict']);
  expect(seen).toBe(1);
  await broken.close();
  service.close();
});

it('makes nothing twice when the service does not know itself whether it was done', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const key = randomUUID();
  const before = gateway.count('createPrompt');
  gateway.holdAnswers(() => Promise.reject(new AppError('outcome_unknown')));
  expect(await outcomeOf(await send(key))).toEqual([504, 'outcome_unknown']);
  gateway.holdAnswers(() => Promise.resolve());
  expect(await outcomeOf(await send(key))).toEqual([409, 'conflict']);
  expect(gateway.count('createPrompt')).toBe(before + 1);
});

it('makes nothing twice when the gateway that sent the first died before it was answered', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const keysBefore = new Set(await gateway.cache.redis.keys('idempotency:*'));
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  gateway.holdAnswers(() => {
    reached.resolve();
    return released.promise;
  });
  const key = randomUUID();
  const first = send(key);
  await reached.promise;
  const keysNow = await gateway.cache.redis.keys('idempotency:*');
  const claim = keysNow.find((name) => !keysBefore.has(name));
  const claimed = await gateway.cache.get<{ claimedAtMs?: number }>(String(claim));
  const laterBy = (ms: number) => ({ ...claimed, claimedAtMs: Number(claimed?.claimedAtMs) - ms });
  await gateway.cache.set(String(claim), laterBy(61_000), 60);
  expect(await outcomeOf(await send(key))).toEqual([409, 'conflict']);
  // The version before did not write down when it began.
  const { claimedAtMs: _, ...older } = laterBy(0);
  await gateway.cache.set(String(claim), older, 60);
  expect(await outcomeOf(await send(key))).toEqual([409, 'idempotency_in_progress']);
  released.resolve();
  gateway.holdAnswers(() => Promise.resolve());
  expect((await first).status).toBe(201);
});

it('keeps no failure of a service that gave up before it wrote', async () => {
  const send = post(gateway, withKey(gateway.mintKey()));
  const key = randomUUID();
  gateway.holdAnswers(() => Promise.reject(new AppError('upstream_timeout')));
  expect(await outcomeOf(await send(key))).toEqual([504, 'upstream_timeout']);
  gateway.holdAnswers(() => Promise.resolve());
  expect((await send(key)).status).toBe(201);
});

it('does not keep that the service was away', async () => {
  const key = randomUUID();
  const away = await startGateway(cacheUrl, { promptSvcUrl: `http://${nowhere}` });
  const response = await post(away, withKey(away.mintKey()))(key);
  expect(await outcomeOf(response)).toEqual([503, 'service_unavailable']);
  expect(await away.cache.redis.keys('idempotency:*')).toEqual(
    await gateway.cache.redis.keys('idempotency:*'),
  );
  const again = await post(away, withKey(away.mintKey()))(key);
  expect(again.headers.has('idempotency-replayed')).toBe(false);
  await away.close();
});

it('lets a write without a body be repeated', async () => {
  const headers = {
    ...withSession(gateway.mintSession()),
    origin: ownOrigin,
    'idempotency-key': randomUUID(),
  };
  const before = gateway.count('logout');
  const send = () => gateway.request('/api/auth/logout', { method: 'POST', headers });
  expect((await send()).status).toBe(204);
  expect((await send()).headers.get('idempotency-replayed')).toBe('true');
  expect(gateway.count('logout')).toBe(before + 1);
});

it('serves writes while the cache is away, without the guarantee', async () => {
  const away = await startGateway(`redis://${nowhere}`);
  const send = post(away, withKey(away.mintKey()));
  const key = randomUUID();
  expect((await send(key)).status).toBe(201);
  expect((await send(key)).status).toBe(201);
  expect(away.count('createPrompt')).toBe(2);
  await away.close();
});

it('keeps a write that was made although the cache died meanwhile', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-gateway-'));
  const redis = await startRedis({
    name: 'redis',
    stateFolder,
    port: await freePort(),
    maxmemory: '64mb',
    maxmemoryPolicy: 'allkeys-lru',
    appendOnly: false,
  });
  const own = await startGateway(redis.url);
  own.holdAnswers(() => redis.stop());
  const response = await post(own, withKey(own.mintKey()))(randomUUID());
  expect(response.status).toBe(201);
  await own.close();
  rmSync(stateFolder, { recursive: true });
});
