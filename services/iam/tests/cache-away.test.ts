import * as operations from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { createCache } from '@maxai/runtime/cache';
import { testRedis, until } from '@maxai/runtime/testing';
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCacheRelay } from './cache-relay.ts';
import { startIam, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam({ cacheUrl: 'redis://127.0.0.1:1' });
});
afterAll(() => iam.stop());

describe('while the cache is away', () => {
  test('credentials are still resolved, from the database', async () => {
    const { tenantId, apiKey } = await iam.createTenant();
    const secretHash = createHash('sha256').update(apiKey.secret).digest('hex');
    const resolved = await iam.call(operations.resolvePrincipal, {
      as: serviceIdentity('api-gateway', null),
      body: { kind: 'api-key', secretHash },
    });
    expect(resolved.result.identity.tenantId).toBe(tenantId);
  });

  test('flags are still evaluated, from the database', async () => {
    const { owner } = await iam.createTenant();
    const flags = await iam.call(operations.listFlags, { as: owner });
    expect(flags.result).toEqual({ items: [] });
    const write = { as: owner, params: { key: 'beta' }, body: { enabled: true } };
    expect((await iam.call(operations.setFlag, write)).status).toBe(503);
    expect((await iam.call(operations.listFlags, { as: owner })).result).toEqual({ items: [] });
  });

  test('a revocation that could not reach the cache is refused as a whole', async () => {
    const { tenantId, owner, apiKey } = await iam.createTenant();
    const params = { apiKeyId: apiKey.id };
    const refused = await iam.call(operations.revokeApiKey, { as: owner, params });
    expect(refused.problem).toMatchObject({ status: 503, code: 'service_unavailable' });
    const { rows } = await iam.owner.query('select revoked_at from api_key where id = $1', [
      apiKey.id,
    ]);
    expect(rows).toEqual([{ revoked_at: null }]);
    expect(await iam.auditOf(tenantId, 'revoke-api-key')).toEqual([]);
  });

  test('a change of a connection that could not be announced is refused as a whole', async () => {
    const { tenantId, owner } = await iam.createTenant();
    const created = await iam.call(operations.createConnection, {
      as: owner,
      body: {
        provider: 'retell',
        name: 'r',
        account: {},
        credentials: {},
        webhookSecrets: ['first'],
      },
    });
    const params = { connectionId: created.result.id };
    const rotation = { as: owner, params, body: { webhookSecrets: ['next'] } };
    for (const refused of [
      await iam.call(operations.rotateConnectionSecrets, rotation),
      await iam.call(operations.disableConnection, { as: owner, params }),
    ]) {
      expect(refused.problem).toMatchObject({ status: 503, code: 'service_unavailable' });
    }
    const opened = await iam.call(operations.getConnectionSecrets, {
      as: serviceIdentity('webhook-ingress', null),
      params,
    });
    expect(opened.result.webhookSecrets).toEqual(['first']);
    expect(await iam.auditOf(tenantId, 'rotate-connection-secrets')).toEqual([]);
    expect(await iam.auditOf(tenantId, 'disable-connection')).toEqual([]);
  });

  test('health names the dependency that fails, and a sign-in the provider that is away', async () => {
    const health = await iam.app.inject({ url: '/health' });
    expect(health.statusCode).toBe(503);
    expect(health.json()).toMatchObject({
      checks: { cache: { status: 'failing' }, database: { status: 'ok' } },
    });
    const started = await iam.call(operations.startLogin, {
      as: serviceIdentity('api-gateway', null),
    });
    expect(started.problem).toMatchObject({ code: 'service_unavailable' });
    expect(started.problem.detail).toContain('identity provider');
  });
});

test('a cache that refuses the principal does not cost the answer', async () => {
  const { url } = await testRedis();
  const cache = createCache({ url });
  const reader = `reader-${randomUUID()}`;
  await cache.redis.call(
    'acl',
    'setuser',
    reader,
    'on',
    'nopass',
    '~*',
    '+@read',
    '+@connection',
    '+info',
  );
  const readOnly = new URL(url);
  readOnly.username = reader;
  readOnly.password = 'any';
  const refused = await startIam({ cacheUrl: readOnly.href });
  await expect
    .poll(() => refused.app.inject({ url: '/health' }))
    .toMatchObject({ statusCode: 200 });
  const { apiKey } = await refused.createTenant();
  expect(apiKey.secret).toMatch(/^mxk_/);
  await expect.poll(() => refused.logLines.join('')).toContain('The principal could not be cached');
  await refused.stop();
  await cache.redis.call('acl', 'deluser', reader);
  await cache.close();
});

test('a principal that the cache comes to write after its revocation is not written', async () => {
  const { url } = await testRedis();
  const relay = await startCacheRelay(url);
  const stalled = await startIam({ cacheUrl: relay.url });
  const replica = await startIam({ databaseUrl: stalled.database.appUrl });
  await expect
    .poll(() => stalled.app.inject({ url: '/health' }))
    .toMatchObject({ statusCode: 200 });
  relay.holdFrom('principal:');
  const { owner, apiKey } = await stalled.createTenant();
  await until(() => stalled.logLines.join('').includes('The principal could not be cached'));
  const params = { apiKeyId: apiKey.id };
  const revoked = await replica.call(operations.revokeApiKey, { as: owner, params });
  expect(revoked.status).toBe(204);
  relay.release();
  // Its ping comes after what was held.
  expect((await stalled.app.inject({ url: '/health' })).statusCode).toBe(200);
  const secretHash = createHash('sha256').update(apiKey.secret).digest('hex');
  expect(await replica.cache.get(`principal:${secretHash}`)).toBeUndefined();
  await replica.stop();
  await stalled.stop();
  relay.close();
});
