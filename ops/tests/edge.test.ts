import type { App } from '@maxai/runtime/http';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEdge } from '../src/edge/create-edge.ts';
import { loadEdgeConfig } from '../src/edge/config.ts';
import { endToEndHeaders } from '../src/edge/forwarded-headers.ts';

type Seen = { url: string; headers: IncomingMessage['headers']; body: Buffer };

const closedPort = 9;
let target: Server;
let edge: App;
let edgeUrl: string;
let aborted = false;
const oddAnswerEnded = Promise.withResolvers<void>();

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url, headers } = request;
  const body = (await bodyOf(request)).toString('base64');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url, headers, body }));
}

beforeAll(async () => {
  target = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/api/slow') {
      response.once('close', () => {
        aborted = true;
      });
      return;
    }
    if (path === '/api/stream') {
      response.write('first ');
      setTimeout(() => response.end('second'), 100);
      return;
    }
    if (path === '/api/broken') {
      request.socket.destroy();
      return;
    }
    if (path === '/api/cookies') {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('connection', 'x-private');
      response.setHeader('x-private', 'hop');
      response.writeHead(302, { location: '/sign-in' }).end();
      return;
    }
    if (path === '/api/odd-status') {
      response.once('close', oddAnswerEnded.resolve).writeHead(700).write('more to come');
      return;
    }
    void answer(request, response);
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const url = `http://127.0.0.1:${portOf(target)}`;
  edge = await createEdge(
    loadEdgeConfig({
      EDGE_PORT: '0',
      EDGE_PUBLIC_URL: 'https://app.maxai.io',
      EDGE_PORTAL_WEB_URL: url,
      EDGE_ADMIN_WEB_URL: url,
      EDGE_API_GATEWAY_URL: url,
      EDGE_WEBHOOK_INGRESS_URL: `http://127.0.0.1:${closedPort}`,
      EDGE_ANSWER_TIMEOUT_MS: '1500',
    }),
    {
      logger: createLogger({ service: 'edge', version: 'test', level: 'silent' }),
      metrics: createMetrics('edge'),
    },
  );
  edgeUrl = await edge.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await edge.close();
  target.closeAllConnections();
  target.close();
});

async function seen(path: string, init: RequestInit = {}): Promise<Seen> {
  const response = await fetch(edgeUrl + path, init);
  const echoed = (await response.json()) as { url: string; headers: Seen['headers']; body: string };
  return { ...echoed, body: Buffer.from(echoed.body, 'base64') };
}

describe('what a target receives', () => {
  test('the path and the query arrive exactly as they were sent', async () => {
    const path = '/api/a%2Fb/%7Ec?x=1&y=a%20b+c&x=2';
    expect((await seen(path)).url).toBe(path);
  });

  test('a dot segment is not resolved into another route', async () => {
    const socket = connect(Number(new URL(edgeUrl).port), '127.0.0.1');
    socket.write('GET /api/%2e%2e/internal HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toContain('"url":"/api/%2e%2e/internal"');
  });

  test.each([
    ['JSON with odd spacing', 'application/json', Buffer.from('{ "a" :1,\n"b":"\\u00e9" }')],
    ['a form', 'application/x-www-form-urlencoded', Buffer.from('Body=Hi%20there+you&From=%2B1')],
    ['bytes that are no text', 'application/octet-stream', Buffer.from([0, 255, 128, 10, 13])],
    ['malformed JSON', 'application/json', Buffer.from('{"a":')],
    ['two megabytes', 'application/json', Buffer.alloc(2_000_000, 'x')],
  ])('a body of %s arrives byte for byte', async (_name, type, body) => {
    const got = await seen('/api/echo', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(got.body.equals(body)).toBe(true);
    expect(got.headers['content-type']).toBe(type);
  });

  test('a body without a content type and in chunks arrives whole', async () => {
    const request = httpRequest(`${edgeUrl}/api/echo`, { method: 'PUT' });
    request.write('one ');
    request.end('two');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const echoed = JSON.parse((await bodyOf(response)).toString()) as { body: string };
    expect(Buffer.from(echoed.body, 'base64').toString()).toBe('one two');
  });

  test('its origin is what the edge knows, never what the client claims', async () => {
    const { headers } = await seen('/api/echo', {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'gopher',
        'x-maxai-identity': 'forged',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
        authorization: 'Bearer kept',
      },
    });
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': new URL(edgeUrl).host,
      host: new URL(edgeUrl).host,
      authorization: 'Bearer kept',
    });
    for (const name of ['x-maxai-identity', 'x-real-ip', 'forwarded']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  test('the correlation id and the trace of the caller are carried on', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await seen('/api/echo', {
      headers: {
        'x-correlation-id': 'cor_from_caller',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
    });
    expect(headers['x-correlation-id']).toBe('cor_from_caller');
    expect(headers['traceparent']).toContain(traceId);
  });
});

describe('what a client receives', () => {
  test('cookies and redirects pass, headers of the connection do not', async () => {
    const response = await fetch(`${edgeUrl}/api/cookies`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/sign-in');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.has('x-private')).toBe(false);
  });

  test('an answer is streamed as it comes', async () => {
    const response = await fetch(`${edgeUrl}/api/stream`);
    const parts: string[] = [];
    for await (const part of response.body!) parts.push(Buffer.from(part).toString());
    expect(parts).toEqual(['first ', 'second']);
  });

  test('HEAD has the headers and no body', async () => {
    const response = await fetch(`${edgeUrl}/admin/page`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('a status that HTTP does not know ends the answer there', async () => {
    const response = await fetch(`${edgeUrl}/api/odd-status`);
    expect(response.status).toBe(503);
    await oddAnswerEnded.promise;
    expect((await fetch(`${edgeUrl}/api/cookies`, { redirect: 'manual' })).status).toBe(302);
  });

  test('a target that is down is a 503 problem that names it', async () => {
    const response = await fetch(`${edgeUrl}/webhooks/retell/con_1`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({
      code: 'service_unavailable',
      detail: 'webhook-ingress cannot be reached',
    });
  });

  test('a target that hangs up is a 503 problem', async () => {
    expect((await fetch(`${edgeUrl}/api/broken`)).status).toBe(503);
  });

  test('a target that is too slow is a 504 problem', async () => {
    const response = await fetch(`${edgeUrl}/api/slow`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'upstream_timeout' });
  });

  test('a line of requests that is too long is cut with a 503 problem', async () => {
    const responses = await Promise.all(
      Array.from({ length: 520 }, () => fetch(`${edgeUrl}/api/slow`)),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(8);
    expect(statuses.filter((status) => status === 504)).toHaveLength(512);
    const refused = responses.find(({ status }) => status === 503);
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(await refused?.json()).toMatchObject({ code: 'service_unavailable' });
    expect((await fetch(`${edgeUrl}/api/after`)).status).toBe(200);
  });

  test('a client that goes away ends the request to the target', async () => {
    aborted = false;
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 100);
    await expect(fetch(`${edgeUrl}/api/slow`, { signal: leaving.signal })).rejects.toThrow(
      'aborted',
    );
    await expect.poll(() => aborted, { timeout: 1000 }).toBe(true);
  });
});

test('a header without a value, and a message without connection options, are no trouble', () => {
  expect(endToEndHeaders({ 'x-kept': 'yes', 'x-empty': undefined })).toEqual({ 'x-kept': 'yes' });
});

test('/health names the target that fails and the ones that work', async () => {
  const response = await fetch(`${edgeUrl}/health`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    status: 'failing',
    checks: {
      'portal-web': { status: 'ok' },
      'admin-web': { status: 'ok' },
      'api-gateway': { status: 'ok' },
      'webhook-ingress': { status: 'failing' },
    },
  });
});

test('a target that answers /health with an error counts as failing', async () => {
  const failing = createServer((_request, response) => response.writeHead(500).end());
  failing.listen(0, '127.0.0.1');
  await once(failing, 'listening');
  const url = `http://127.0.0.1:${portOf(failing)}`;
  const app = await createEdge(
    loadEdgeConfig({
      EDGE_PORT: '0',
      EDGE_PUBLIC_URL: 'http://localhost:8080',
      EDGE_PORTAL_WEB_URL: url,
      EDGE_ADMIN_WEB_URL: edgeUrl,
      EDGE_API_GATEWAY_URL: edgeUrl,
      EDGE_WEBHOOK_INGRESS_URL: edgeUrl,
    }),
    {
      logger: createLogger({ service: 'edge', version: 'test', level: 'silent' }),
      metrics: createMetrics('edge'),
    },
  );
  const response = await app.inject('/health');
  expect(response.json()).toMatchObject({ checks: { 'portal-web': { status: 'failing' } } });
  await app.close();
  failing.close();
});

test('/livez and /metrics are the edge its own', async () => {
  expect(await (await fetch(`${edgeUrl}/livez`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${edgeUrl}/metrics`)).text()).toContain(
    'http_request_duration_seconds_bucket',
  );
});
