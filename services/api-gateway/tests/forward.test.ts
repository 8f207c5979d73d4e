import { newTraceparent, traceIdOf } from '@maxai/kernel/trace-context';
import { testRedis } from '@maxai/runtime/testing';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nowhere, outcomeOf, startGateway, withKey, type Gateway } from './gateway-fixture.ts';

let gateway: Gateway;
let cacheUrl: string;

beforeAll(async () => {
  ({ url: cacheUrl } = await testRedis());
  gateway = await startGateway(cacheUrl);
});
afterAll(() => gateway.close());

function createPrompt(body: string, contentType = 'application/json') {
  return gateway.request('/api/prompts', {
    method: 'POST',
    headers: { ...withKey(gateway.mintKey()), 'content-type': contentType },
    body,
  });
}

describe('a request', () => {
  it('that creates a prompt answers 201 with what the service made [R135]', async () => {
    const response = await createPrompt(JSON.stringify({ name: 'Mia', template: 'Hello' }));
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ name: 'Mia', latest: { number: 1 } });
    expect(gateway.seen.at(-1)?.body).toEqual({ name: 'Mia', template: 'Hello' });
  });

  it('carries its correlation id and its trace to the service and back [R105]', async () => {
    const traceparent = newTraceparent();
    const response = await gateway.request('/api/clients', {
      headers: {
        ...withKey(gateway.mintKey()),
        'x-correlation-id': 'cor_from-outside',
        traceparent,
        tracestate: 'vendor=1',
      },
    });
    expect(response.headers.get('x-correlation-id')).toBe('cor_from-outside');
    const { headers } = gateway.seen.at(-1)!;
    expect(headers['x-correlation-id']).toBe('cor_from-outside');
    expect(headers['tracestate']).toBe('vendor=1');
    expect(traceIdOf(String(headers['traceparent']))).toBe(traceIdOf(traceparent));
    expect(headers['traceparent']).not.toBe(traceparent);
  });

  it('without either gets both', async () => {
    const response = await gateway.request('/api/clients', {
      headers: withKey(gateway.mintKey()),
    });
    const { headers } = gateway.seen.at(-1)!;
    expect(headers['x-correlation-id']).toBe(response.headers.get('x-correlation-id'));
    expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('gets the cookies and the redirect the service set', async () => {
    const response = await gateway.request('/api/auth/login');
    expect(response.headers.get('location')).toBe('https://identity.example/authorize');
    expect(response.headers.getSetCookie()).toEqual(['state=1; HttpOnly', 'verifier=2; HttpOnly']);
  });

  it.each([
    ['a body without what is required', '{"name":"Mia"}', /^body/, 'template'],
    ['a body with what is not known', '{"name":"M","template":"T","x":1}', /^body/, 'x'],
    ['a name of the wrong type', '{"name":1,"template":"T"}', /^body\/name$/, 'string'],
  ])('with %s answers 400 and points at it', async (_case, body, pointer, named) => {
    const response = await createPrompt(body);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as {
      code: string;
      errors: { pointer: string; detail: string }[];
    };
    expect(problem.code).toBe('invalid_request');
    expect(problem.errors[0]?.pointer).toMatch(pointer);
    expect(JSON.stringify(problem.errors)).toContain(named);
  });

  it('with a wrong query or path answers 400 and points at it', async () => {
    const headers = withKey(gateway.mintKey());
    for (const [path, pointer] of [
      ['/api/clients?limit=0', 'query/limit'],
      ['/api/clients/1', 'path/clientId'],
    ] as const) {
      const response = await gateway.request(path, { headers });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    }
  });

  it.each([
    [
      'over the limit',
      `{"name":"${'x'.repeat(3000)}"}`,
      'application/json',
      413,
      'payload_too_large',
    ],
    ['of text', 'name=Mia', 'text/plain', 415, 'unsupported_media_type'],
    ['of XML', '<name/>', 'application/xml', 415, 'unsupported_media_type'],
    ['that is no JSON', '{"name":', 'application/json', 400, 'malformed_json'],
    ['that is empty', '', 'application/json', 400, 'malformed_json'],
    ['that reaches for a prototype', '{"__proto__":{}}', 'application/json', 400, 'malformed_json'],
  ])('with a body %s is refused', async (_case, body, contentType, status, code) => {
    expect(await outcomeOf(await createPrompt(body, contentType))).toEqual([status, code]);
  });

  it('with a path that cannot be read answers 400', async () => {
    expect(await outcomeOf(await gateway.request('/api/%E0%A4%A'))).toEqual([
      400,
      'invalid_request',
    ]);
  });
});

describe('a service', () => {
  it('that is away answers 503', async () => {
    const response = await gateway.request('/api/webhook-events', {
      headers: withKey(gateway.mintKey()),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: 'service_unavailable',
      detail: 'webhook-ingress did not answer',
    });
  });

  it('that is too slow answers 504', async () => {
    const own = await startGateway(cacheUrl, { upstreamTimeoutMs: 100 });
    const released = Promise.withResolvers<void>();
    own.holdAnswers(() => released.promise);
    const response = await own.request('/api/clients', { headers: withKey(own.mintKey()) });
    expect(await outcomeOf(response)).toEqual([504, 'upstream_timeout']);
    released.resolve();
    await own.close();
  });

  it('has its problem relayed with its status', async () => {
    const response = await gateway.request('/api/usage/summary', {
      headers: withKey(gateway.mintKey()),
    });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await outcomeOf(response)).toEqual([409, 'conflict']);
  });

  it('that breaks off its answer counts as away', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('{');
      response.destroy();
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const { port } = broken.address() as AddressInfo;
    const own = await startGateway(cacheUrl, { paymentsUrl: `http://127.0.0.1:${port}` });
    const response = await own.request('/api/billing/trial-balance', {
      headers: withKey(own.mintKey()),
    });
    expect(await outcomeOf(response)).toEqual([503, 'service_unavailable']);
    await own.close();
    broken.close();
  });
});

describe('the health of the gateway', () => {
  it('is that of its cache and iam', async () => {
    const response = await gateway.request('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      service: 'api-gateway',
      checks: { cache: { status: 'ok' }, iam: { status: 'ok' } },
    });
  });

  it('answers 503 and names what fails', async () => {
    const own = await startGateway(`redis://${nowhere}`);
    const cacheAway = await own.request('/health');
    expect(cacheAway.status).toBe(503);
    expect(await cacheAway.json()).toMatchObject({
      checks: { cache: { status: 'failing' }, iam: { status: 'ok' } },
    });
    await own.iam.close();
    expect(await (await own.request('/health')).json()).toMatchObject({
      checks: { iam: { status: 'failing' } },
    });
    expect((await own.request('/livez')).status).toBe(200);
    await own.close();
  });

  it('is draining while the process stops', async () => {
    const own = await startGateway(cacheUrl);
    own.beginDrain();
    const response = await own.request('/health');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'draining' });
    await own.close();
  });
});
