import { freePort } from '@maxai/ops/local/ports';
import { startRedis } from '@maxai/ops/local/redis-server';
import { ConfigError } from '@maxai/runtime/config';
import { mintCallers, processSettingsForTest, testRedis, until } from '@maxai/runtime/testing';
import {
  buildHighLevelContactCreate,
  buildStripeInvoicePaid,
  buildTwilioInbound,
} from '@maxai/sandbox/payloads';
import { signHighLevel, signStripe, signTwilioForm } from '@maxai/sandbox/signing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebhookIngress, readConfig } from '../src/index.ts';
import {
  codeOf,
  highlevelKeys,
  nowhere,
  pathOf,
  startIngress,
  startedAt,
  type Ingress,
} from './ingress-fixture.ts';

let queueUrl: string;
const nowMs = startedAt.getTime();

function postHighLevel(ingress: Ingress, connection: ReturnType<Ingress['connect']>) {
  const rawBody = JSON.stringify(buildHighLevelContactCreate({ nowMs }));
  const { privateKey } = highlevelKeys;
  return ingress.post(pathOf(connection), rawBody, signHighLevel({ rawBody, privateKey }));
}

beforeAll(async () => {
  ({ url: queueUrl } = await testRedis());
});

describe('while Postgres is away', () => {
  it('HighLevel is told 429, the others 503, and the health names the database', async () => {
    const ingress = await startIngress(queueUrl, {
      databaseUrl: `postgres://ingress_app:x@${nowhere}/maxai`,
    });
    const highlevel = await postHighLevel(ingress, ingress.connect('highlevel'));
    expect(highlevel.headers.get('retry-after')).toBe('30');
    expect(await codeOf(highlevel)).toEqual([429, 'intake_unavailable']);
    const retell = await ingress.retell(ingress.connect());
    expect(await codeOf(retell)).toEqual([503, 'service_unavailable']);
    const stripe = ingress.connect('stripe');
    const rawBody = JSON.stringify(buildStripeInvoicePaid({ nowMs }));
    const [secret] = stripe.webhookSecrets as [string];
    const answer = await ingress.post(
      pathOf(stripe),
      rawBody,
      signStripe({ rawBody, secret, nowMs }),
    );
    expect(await codeOf(answer)).toEqual([503, 'service_unavailable']);
    const twilio = ingress.connect('twilio');
    const form = buildTwilioInbound();
    const [authToken] = twilio.webhookSecrets as [string];
    const url = `${processSettingsForTest.publicUrl}${pathOf(twilio)}`;
    const sms = await ingress.post(pathOf(twilio), form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...signTwilioForm({ url, form, authToken }),
    });
    expect(await codeOf(sms)).toEqual([503, 'service_unavailable']);
    expect(await ingress.metric('highlevel', 'intake_unavailable')).toBe(1);
    const health = await fetch(`${ingress.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ checks: { database: { status: 'failing' } } });
    await ingress.close();
  });

  it('nothing that was acknowledged is lost, and what was not can be sent again', async () => {
    const ingress = await startIngress(queueUrl);
    const connection = ingress.connect();
    const breaker = new pg.Client({ connectionString: ingress.database.ownerUrl });
    await breaker.connect();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        if (index % 10 === 5) {
          await breaker
            .query(
              `select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and usename = 'ingress_app' and application_name = 'webhook-ingress'`,
            )
            .catch(() => undefined);
        }
        return ingress.retell(connection);
      }),
    );
    await breaker.end();
    const acknowledged = answers.flatMap((answer) =>
      answer.status === 200 ? [answer.headers.get('x-maxai-webhook-event')] : [],
    );
    const stored = new Set((await ingress.rows(connection.id)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id!))).toEqual([]);
    expect((await ingress.retell(connection)).status).toBe(200);
    await ingress.close();
  });
});

describe('while iam is away', () => {
  let ingress: Ingress;
  beforeAll(async () => {
    ingress = await startIngress(queueUrl);
  });
  afterAll(() => ingress.close());

  it('a connection that is known is served, one that is not is told to come again', async () => {
    const known = ingress.connect();
    expect((await ingress.retell(known)).status).toBe(200);
    ingress.setIamAway(true);
    ingress.clock.advance(15_000);
    expect((await ingress.retell(known)).status).toBe(200);
    const unknown = await ingress.retell(ingress.connect());
    expect(await codeOf(unknown)).toEqual([503, 'service_unavailable']);
    const highlevel = await postHighLevel(ingress, ingress.connect('highlevel'));
    expect(await codeOf(highlevel)).toEqual([429, 'intake_unavailable']);
    ingress.setIamAway(false);
  });
});

describe('while Redis is away', () => {
  it('deliveries are stored and acknowledged, and queued once it returns', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-ingress-'));
    const port = await freePort();
    const start = () =>
      startRedis({
        name: 'redis',
        stateFolder,
        port,
        maxmemory: '64mb',
        maxmemoryPolicy: 'noeviction',
        appendOnly: false,
      });
    let redis = await start();
    const ingress = await startIngress(redis.url);
    await redis.stop();
    const connection = ingress.connect();
    const response = await ingress.retell(connection);
    expect(response.status).toBe(200);
    const id = response.headers.get('x-maxai-webhook-event')!;
    expect((await ingress.rows(connection.id))[0]).toMatchObject({ id, queued_at: null });
    expect((await fetch(`${ingress.url}/health`)).status).toBe(200);
    ingress.clock.advance(5_001);
    redis = await start();
    await until(async () => (await ingress.rows(connection.id))[0]!.queued_at, 15_000);
    expect(await ingress.queue.producing.exists(`bull:webhook-processing:${id}`)).toBe(1);
    await ingress.close();
    await redis.stop();
    rmSync(stateFolder, { recursive: true });
  });
});

it('runs on the system clock and its own log, and drains before it stops', async () => {
  const callers = await mintCallers('webhook-ingress');
  const ingress = await createWebhookIngress({
    ...processSettingsForTest,
    databaseUrl: `postgres://ingress_app:x@${nowhere}/maxai`,
    databasePoolMax: 1,
    queueUrl,
    cacheUrl: queueUrl,
    iamUrl: `http://${nowhere}`,
    identityPrivateJwk: callers.privateJwk('webhook-ingress'),
    identityPublicJwks: callers.publicJwks,
    bodyLimitBytes: 1024,
    connectionTtlMs: 0,
    sweepIntervalMs: 60_000,
    unqueuedAfterMs: 0,
    unsettledAfterMs: 0,
  });
  ingress.beginDrain();
  const health = await fetch(`${ingress.url}/health`);
  expect(await health.json()).toMatchObject({ status: 'draining' });
  await ingress.close();
});

it('starts on a complete configuration only', () => {
  const names = [
    'DATABASE_URL',
    'QUEUE_URL',
    'CACHE_URL',
    'IAM_URL',
    'IDENTITY_PRIVATE_JWK',
    'IDENTITY_PUBLIC_JWKS',
  ];
  const env = {
    WEBHOOK_INGRESS_PORT: '4102',
    WEBHOOK_INGRESS_PUBLIC_URL: 'http://localhost:8080',
    ...Object.fromEntries(names.map((name) => [`WEBHOOK_INGRESS_${name}`, 'x'])),
  };
  expect(readConfig(env)).toMatchObject({ unqueuedAfterMs: 5_000, unsettledAfterMs: 60_000 });
  expect(() => readConfig({ ...env, WEBHOOK_INGRESS_IAM_URL: '' })).toThrow(ConfigError);
});
