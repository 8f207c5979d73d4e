import { operation } from '@maxai/contracts/operation';
import type { Problem } from '@maxai/contracts/schemas';
import type { Permission } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { newTraceparent, traceIdOf } from '@maxai/kernel/trace-context';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import { Agent, request as sendRaw } from 'node:http';
import { connect } from 'node:net';
import { Type } from 'typebox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createIdentitySigner,
  createIdentityVerifier,
  identityHeader,
  type IdentitySigner,
} from '../identity/index.ts';
import { createLogger, createMetrics, currentContext, tagContext } from '../telemetry/index.ts';
import { mintCallers, someone, until } from '../testing/index.ts';
import { createApp, implement, listen, type App, type HealthCheck } from './index.ts';

const declared = { service: 'iam', tag: 'Test', summary: 'For this test' } as const;
const Line = Type.Object({ text: Type.String(), quantity: Type.Integer({ minimum: 1 }) });
const createOrder = operation({
  ...declared,
  id: 'createOrder',
  method: 'POST',
  path: '/api/orders',
  audience: 'client:write',
  status: 201,
  body: Type.Object({ lines: Type.Array(Line) }, { additionalProperties: false }),
  result: Type.Object({ quantity: Type.Integer(), context: Type.Unknown() }),
});
const readOrder = operation({
  ...declared,
  id: 'readOrder',
  method: 'GET',
  path: '/api/orders/{orderId}',
  audience: 'authenticated',
  status: 200,
  params: Type.Object({ orderId: Type.Integer() }),
  query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, default: 50 })) }),
  result: Type.Object({ orderId: Type.Integer(), limit: Type.Integer() }),
});
const settle = operation({
  ...declared,
  id: 'settle',
  method: 'POST',
  path: '/internal/settle',
  audience: 'service',
  status: 204,
});
const goElsewhere = operation({
  ...declared,
  id: 'goElsewhere',
  method: 'GET',
  path: '/api/elsewhere',
  audience: 'anyone',
  status: 302,
});

const secret = 'hunter2-planted';
const failures: Readonly<Record<string, () => unknown>> = {
  known: () => new AppError('conflict', { detail: 'archive it first', cause: new Error(secret) }),
  later: () => new AppError('rate_limited', { retryAfterSeconds: 7 }),
  away: () =>
    new AppError('service_unavailable', {
      cause: Object.assign(new Error('refused'), { token: secret }),
    }),
  unknown: () => Object.assign(new Error('broken'), { password: secret }),
  coded: () => Object.assign(new Error('pg'), { code: '57P01', credentials: { a: secret } }),
  text: () => 'thrown as text',
};

const tenantId = newId('tenant');
const operator = someone(tenantId, 'operator');
const written: string[] = [];
const metrics = createMetrics('iam');
let checks: Record<string, HealthCheck>;
let app: App;
let url: string;
let signer: IdentitySigner;

const logged = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  const callers = await mintCallers('api-gateway');
  const privateJwk = callers.privateJwk('api-gateway');
  signer = await createIdentitySigner({ caller: 'api-gateway', privateJwk });
  app = await createApp({
    service: 'iam',
    version: '1.2.3',
    logger: createLogger({
      service: 'iam',
      version: '1.2.3',
      level: 'info',
      destination: { write: (line) => void written.push(line) },
    }),
    metrics,
    health: {
      database: () => checks['database']!(),
      cache: () => checks['cache']!(),
    },
    identity: createIdentityVerifier({ service: 'iam', publicJwks: callers.publicJwks }),
    bodyLimitBytes: 1000,
  });
  implement(app, createOrder, async ({ body, caller }) => {
    tagContext({ clientId: 'cli_of_order' });
    const quantity = body.lines.reduce((sum, line) => sum + line.quantity, 0);
    return Promise.resolve({ quantity, context: { ...currentContext(), caller } });
  });
  implement(app, readOrder, async ({ params, query }) =>
    Promise.resolve({ orderId: params.orderId, limit: query.limit ?? 0 }),
  );
  implement(app, settle, () => Promise.resolve({}));
  implement(app, goElsewhere, async ({ reply }) => reply.redirect('/elsewhere'));
  app.get<{ Params: { kind: string } }>('/fail/:kind', ({ params }) => {
    throw failures[params.kind]?.();
  });
  url = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());
beforeEach(() => {
  written.length = 0;
  checks = { database: () => Promise.resolve(), cache: () => Promise.resolve() };
});

async function send(
  method: 'GET' | 'POST',
  path: string,
  options: { as?: Identity; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Headers; json: Problem & Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(options.as && { [identityHeader]: await signer.sign(options.as, 'iam') }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: options.body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: (text === '' ? {} : JSON.parse(text)) as Problem & Record<string, unknown>,
  };
}

const orderOf = (quantity: unknown) => JSON.stringify({ lines: [{ text: 'chair', quantity }] });

describe('one request', () => {
  it('is one log line with exactly the fixed names, also when it has a body [R102]', async () => {
    const sent = await send('POST', '/api/orders', {
      as: operator,
      headers: { 'x-correlation-id': 'order-1234' },
      body: orderOf(2),
    });
    expect(sent.status).toBe(201);
    await until(() => written.length > 0);
    expect(logged()).toEqual([
      {
        timestamp: expect.any(String),
        level: 'info',
        message: 'Request processed',
        correlation_id: 'order-1234',
        tenant_id: tenantId,
        client_id: 'cli_of_order',
        user_id: operator.actor.id,
        service: 'iam',
        version: '1.2.3',
        method: 'POST',
        path: '/api/orders',
        status: 201,
        duration_ms: expect.any(Number),
      },
    ]);
  });

  it('keeps the caller’s correlation id and trace inside the handler', async () => {
    const traceparent = newTraceparent();
    const sent = await send('POST', '/api/orders', {
      as: operator,
      headers: { 'x-correlation-id': 'order-1234', traceparent, tracestate: 'vendor=1' },
      body: orderOf(1),
    });
    const context = sent.json['context'] as Record<string, string>;
    expect(context).toMatchObject({
      correlationId: 'order-1234',
      tracestate: 'vendor=1',
      tenantId,
      userId: operator.actor.id,
      caller: 'api-gateway',
    });
    expect(traceIdOf(context['traceparent']!)).toBe(traceIdOf(traceparent));
    expect(context['traceparent']).not.toBe(traceparent);
    expect(sent.headers.get('x-correlation-id')).toBe('order-1234');
  });

  it('gets a correlation id when it brings none, or a harmful one', async () => {
    const headers = { 'x-correlation-id': 'no spaces allowed' };
    for (const options of [{}, { headers }]) {
      const { headers: answered, json } = await send('GET', '/nothing', options);
      expect(answered.get('x-correlation-id')).toMatch(/^cor_/);
      expect(json.correlation_id).toBe(answered.get('x-correlation-id'));
    }
  });

  it('is counted by route template, never by path', async () => {
    await send('GET', '/api/orders/17', { as: operator });
    await send('GET', '/made/up/path');
    const scraped = await (await fetch(`${url}/metrics`)).text();
    expect(scraped).toMatch(/_count\{[^}]*route="\/api\/orders\/:orderId"[^}]*\} \d/);
    expect(scraped).toContain('route="unmatched"');
    expect(scraped).not.toContain('/made/up/path');
  });

  it('adds no series for a method or a path that somebody made up', async () => {
    await send('GET', '/made/up/path');
    const seriesNow = async () =>
      (await metrics.registry.metrics()).split('\n').filter((line) => line.includes('unmatched'));
    const odd = async (method: string, path: string) => fetch(`${url}${path}`, { method });
    await odd('PROPFIND', '/made/up/path');
    const before = (await seriesNow()).map((line) => line.replace(/ \S+$/, ''));
    for (const method of ['REPORT', 'SEARCH', 'LOCK', 'PROPFIND']) await odd(method, `/${method}`);
    await send('GET', '/another');
    expect((await seriesNow()).map((line) => line.replace(/ \S+$/, ''))).toEqual(before);
    expect(before.some((line) => line.includes('method="OTHER"'))).toBe(true);
  });

  it('to a probe leaves no line', async () => {
    await Promise.all(['/livez', '/health', '/metrics'].map((path) => fetch(`${url}${path}`)));
    await send('GET', '/api/orders/17', { as: operator });
    await until(() => written.length > 0);
    expect(logged().map((line) => line['path'])).toEqual(['/api/orders/17']);
  });
});

describe('errors', () => {
  it.each<[string, number, string, () => ReturnType<typeof send>]>([
    ['an unknown route', 404, 'not_found', () => send('GET', '/nothing')],
    [
      'malformed JSON',
      400,
      'malformed_json',
      () => send('POST', '/api/orders', { as: operator, body: '{"lines":' }),
    ],
    [
      'an empty body',
      400,
      'malformed_json',
      () => send('POST', '/api/orders', { as: operator, body: '' }),
    ],
    [
      'a body over the limit',
      413,
      'payload_too_large',
      () => send('POST', '/api/orders', { as: operator, body: JSON.stringify('x'.repeat(1000)) }),
    ],
    [
      'another content type',
      415,
      'unsupported_media_type',
      () =>
        send('POST', '/api/orders', {
          as: operator,
          headers: { 'content-type': 'text/csv' },
          body: 'a,b',
        }),
    ],
    ['a path that cannot be read', 400, 'invalid_request', () => send('GET', '/api/orders/%E0%A4')],
    [
      'a parameter that is too long',
      400,
      'invalid_request',
      () => send('GET', `/api/orders/${'1'.repeat(200)}`),
    ],
    ['a known failure', 409, 'conflict', () => send('GET', '/fail/known')],
    ['a dependency that is away', 503, 'service_unavailable', () => send('GET', '/fail/away')],
    ['an unknown failure', 500, 'internal', () => send('GET', '/fail/unknown')],
    ['a failure with a foreign code', 500, 'internal', () => send('GET', '/fail/coded')],
    ['a thrown text', 500, 'internal', () => send('GET', '/fail/text')],
  ])('answer %s as a problem and disclose nothing', async (_what, status, code, sending) => {
    const sent = await sending();
    expect(sent.status).toBe(status);
    expect(sent.headers.get('content-type')).toContain('application/problem+json');
    expect(sent.json).toMatchObject({ status, code, type: `urn:maxai:error:${code}` });
    expect(sent.json.correlation_id).toBe(sent.headers.get('x-correlation-id'));
    expect(JSON.stringify(sent.json)).not.toContain(secret);
  });

  it('say where and what, without the query', async () => {
    expect((await send('GET', '/fail/known?token=abc')).json).toEqual({
      type: 'urn:maxai:error:conflict',
      title: 'The resource is not in a state that allows this',
      status: 409,
      code: 'conflict',
      detail: 'archive it first',
      instance: '/fail/known',
      correlation_id: expect.stringMatching(/^cor_/),
    });
  });

  it('tell when to come back', async () => {
    const sent = await send('GET', '/fail/later');
    expect(sent.status).toBe(429);
    expect(sent.headers.get('retry-after')).toBe('7');
  });

  it('of ours are logged with their cause and without its secrets; the caller’s are not', async () => {
    await send('GET', '/fail/known');
    for (const kind of ['unknown', 'away', 'coded']) {
      await send('GET', `/fail/${kind}`, { headers: { 'x-correlation-id': `order-${kind}` } });
    }
    await until(() => written.length === 7);
    const errors = logged().filter((line) => line['level'] === 'error');
    expect(errors.map((line) => [line['code'], line['correlation_id']])).toEqual([
      ['internal', 'order-unknown'],
      ['service_unavailable', 'order-away'],
      ['internal', 'order-coded'],
    ]);
    expect(errors[0]?.['err']).toMatchObject({ message: expect.stringContaining('broken') });
    expect(errors.every((line) => !('reqId' in line))).toBe(true);
    expect(written.join('')).not.toContain(secret);
  });

  it('of an announced length that does not match are the caller’s', async () => {
    const token = await signer.sign(operator, 'iam');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const raw = sendRaw(`${url}/api/orders`, {
        method: 'POST',
        headers: { [identityHeader]: token, 'content-type': 'application/json' },
      });
      raw.on('response', (response) => resolve(response.resume().statusCode));
      raw.on('error', reject);
      raw.end('null');
    });
    expect(status).toBe(400);
  });
});

describe('validation', () => {
  it('points at every field that is wrong', async () => {
    const body = JSON.stringify({ lines: [{ text: 1, quantity: 0 }], extra: true });
    const { status, json } = await send('POST', '/api/orders', { as: operator, body });
    expect(status).toBe(400);
    expect(json.code).toBe('invalid_request');
    expect(json.errors?.map((error) => error.pointer)).toEqual(
      expect.arrayContaining(['body', 'body/lines/0/text', 'body/lines/0/quantity']),
    );
    expect(json.errors?.some((error) => error.detail.includes('extra'))).toBe(true);
  });

  it('lists eight problems at most', async () => {
    const lines = Array.from({ length: 60 }, () => 1);
    const body = JSON.stringify({ lines });
    const { json } = await send('POST', '/api/orders', { as: operator, body });
    expect(json.errors).toHaveLength(8);
  });

  it('takes no text for a number in a body, and does in path and query', async () => {
    const refused = await send('POST', '/api/orders', { as: operator, body: orderOf('1') });
    expect(refused.json.errors).toEqual([
      { pointer: 'body/lines/0/quantity', detail: expect.stringContaining('integer') },
    ]);
    const read = await send('GET', '/api/orders/17?limit=1', { as: operator });
    expect(read.json).toEqual({ orderId: 17, limit: 1 });
  });

  it('fills in defaults and names the part that is wrong', async () => {
    const read = await send('GET', '/api/orders/17', { as: operator });
    expect(read.json).toEqual({ orderId: 17, limit: 50 });
    const query = await send('GET', '/api/orders/17?limit=0', { as: operator });
    expect(query.json.errors?.[0]?.pointer).toBe('query/limit');
    const path = await send('GET', '/api/orders/chair', { as: operator });
    expect(path.json.errors?.[0]?.pointer).toBe('path/orderId');
  });
});

describe('audience', () => {
  const withOnly = (...permissions: Permission[]): Identity => ({
    ...operator,
    grants: [{ scope: { kind: 'tenant' }, permissions }],
  });
  const worker = serviceIdentity('payments', null);
  const post = (as: Identity) => send('POST', '/api/orders', { as, body: orderOf(1) });

  it('is checked before the body is read', async () => {
    const sent = await send('POST', '/api/orders', { body: '{' });
    expect([sent.status, sent.json.code]).toEqual([401, 'unauthenticated']);
    const forged = await send('GET', '/api/orders/1', { headers: { [identityHeader]: 'forged' } });
    expect([forged.status, forged.json.code]).toEqual([401, 'token_invalid']);
  });

  it('of a permission needs exactly that one', async () => {
    expect((await post(withOnly('client:write'))).status).toBe(201);
    const refused = await post(withOnly('client:read'));
    expect(refused.json).toMatchObject({ code: 'forbidden', detail: 'needs client:write' });
  });

  it('“authenticated” is a person or a key, “service” a service only, “anyone” all', async () => {
    expect((await send('GET', '/api/orders/1', { as: withOnly() })).status).toBe(200);
    expect((await send('GET', '/api/orders/1', { as: worker })).json.code).toBe('unauthenticated');
    const settled = await send('POST', '/internal/settle', { as: worker });
    expect([settled.status, settled.json]).toEqual([204, {}]);
    expect((await send('POST', '/internal/settle', { as: operator })).json.code).toBe('not_found');
    const redirect = await send('GET', '/api/elsewhere', { as: worker });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/elsewhere']);
  });

  it('is nobody where a process has no verifier', async () => {
    const bare = await createApp({
      service: 'edge',
      version: '1',
      logger: createLogger({ service: 'edge', version: '1', level: 'silent' }),
      metrics: createMetrics('edge'),
      health: {},
    });
    implement(bare, goElsewhere, async ({ reply }) => reply.redirect('/'));
    const headers = { [identityHeader]: await signer.sign(operator, 'edge') };
    const answer = await bare.inject({ url: '/api/elsewhere', headers });
    expect(answer.statusCode).toBe(401);
    await bare.close();
  });
});

describe('a request that another process logs', () => {
  it('is logged here when it fails, and like any other where nobody else does', async () => {
    const lines: string[] = [];
    const front = await createApp({
      service: 'edge',
      version: '1',
      logger: createLogger({
        service: 'edge',
        version: '1',
        level: 'info',
        destination: { write: (line) => void lines.push(line) },
      }),
      metrics: createMetrics('edge'),
      health: {},
      loggedElsewhere: /^\/api\//,
    });
    front.get('/api/orders', () => ({}));
    front.get('/api/away', () => {
      throw new AppError('service_unavailable');
    });
    for (const path of ['/api/orders', '/api/away', '/page']) await front.inject({ url: path });
    await front.close();
    const requests = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ message }) => message === 'Request processed');
    expect(requests.map(({ path, status }) => [path, status])).toEqual([
      ['/api/away', 503],
      ['/page', 404],
    ]);
  });
});

describe('the address a request came from', () => {
  it.each([
    [0, '127.0.0.1'],
    [1, '198.51.100.2'],
    [2, '203.0.113.9'],
  ])('is read past %i trusted proxies, never from what the client wrote', async (hops, address) => {
    const behind = await createApp({
      service: 'api-gateway',
      version: '1',
      logger: createLogger({ service: 'api-gateway', version: '1', level: 'silent' }),
      metrics: createMetrics('api-gateway'),
      health: {},
      trustedProxies: hops,
    });
    behind.get('/address', (request) => ({ address: request.ip }));
    const headers = { 'x-forwarded-for': '192.0.2.66, 203.0.113.9, 198.51.100.2' };
    const answer = await behind.inject({ url: '/address', headers });
    expect(answer.json()).toEqual({ address });
    await behind.close();
  });
});

describe('health', () => {
  it('is 200 while every dependency answers', async () => {
    const { status, json } = await send('GET', '/health');
    expect(status).toBe(200);
    expect(json).toEqual({
      status: 'ok',
      service: 'iam',
      version: '1.2.3',
      checks: { database: { status: 'ok' }, cache: { status: 'ok' } },
    });
  });

  it('is 503 and names the dependency that fails; the process lives on', async () => {
    checks['cache'] = () => Promise.reject(new Error('away'));
    const { status, json } = await send('GET', '/health');
    expect(status).toBe(503);
    expect(json).toMatchObject({
      status: 'failing',
      checks: { database: { status: 'ok' }, cache: { status: 'failing' } },
    });
    expect((await send('GET', '/livez')).json).toEqual({ status: 'ok' });
  });

  it('counts a check that does not answer within two seconds as failing', async () => {
    checks['database'] = () => new Promise(() => {});
    const { json } = await send('GET', '/health');
    expect(json).toMatchObject({ checks: { database: { status: 'failing' } } });
  });
});

describe('draining', () => {
  it('fails readiness and still answers requests', async () => {
    app.beginDrain();
    const { status, json } = await send('GET', '/health');
    expect([status, json['status']]).toEqual([503, 'draining']);
    expect((await send('GET', '/api/orders/1', { as: operator })).status).toBe(200);
  });

  it('lets go of idle connections when closing', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(`GET /livez HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    await app.close();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

describe('a process that drains', () => {
  it('answers what it has begun, and then keeps no connection open', async () => {
    const begun = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    const draining = await createApp({
      service: 'iam',
      version: '1',
      logger: createLogger({ service: 'iam', version: '1', level: 'silent' }),
      metrics: createMetrics('iam'),
      health: {},
    });
    draining.get('/slow', async () => {
      begun.resolve();
      await mayAnswer.promise;
      return 'done';
    });
    const address = await listen(draining, { host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    const answered = new Promise<string | undefined>((resolve, reject) => {
      sendRaw(`${address}/slow`, { agent }, (response) => {
        response.resume().once('end', () => resolve(response.headers.connection));
      })
        .once('error', reject)
        .end();
    });
    await begun.promise;
    draining.beginDrain();
    const closed = draining.close().then(() => 'closed');
    mayAnswer.resolve();
    expect(await answered).toBe('close');
    expect(await closed).toBe('closed');
    agent.destroy();
  }, 5000);
});
