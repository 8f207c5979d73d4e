import { publicOperations } from '@maxai/contracts/operations';
import { testRedis } from '@maxai/runtime/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConfigError } from '@maxai/runtime/config';
import { readConfig } from '../src/index.ts';
import { startGateway, type Gateway } from './gateway-fixture.ts';

type Document = {
  openapi: string;
  servers: { url: string }[];
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        security: object[];
        parameters: { name: string; in: string; required: boolean }[];
        requestBody?: object;
        responses: Record<string, object>;
      }
    >
  >;
};

let gateway: Gateway;
let document: Document;

beforeAll(async () => {
  const { url } = await testRedis();
  gateway = await startGateway(url);
  document = (await (await gateway.request('/api/openapi.json')).json()) as Document;
});
afterAll(() => gateway.close());

it('publishes a valid OpenAPI 3.1 document that may be cached [R67]', async () => {
  const response = await gateway.request('/api/openapi.json');
  expect(response.headers.get('cache-control')).toBe('public, max-age=60');
  expect(document.openapi).toBe('3.1.0');
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
});

it('lists every public operation once, and none between services', () => {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
    ),
  );
  expect(listed.toSorted()).toEqual(
    publicOperations.map(({ id, method, path }) => `${id} ${method} ${path}`).toSorted(),
  );
  expect(new Set(publicOperations.map(({ id }) => id)).size).toBe(listed.length);
  expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
});

it('says a shared schema once and refers to it', () => {
  const create = JSON.stringify(document.paths['/api/flows']!['post']);
  expect(create).toContain('"document":{"$ref":"#/components/schemas/FlowDocument"}');
  expect(create).toContain('"schema":{"$ref":"#/components/schemas/Problem"}');
});

it('says which writes may be repeated, and what a repeat gets', () => {
  const keyOf = (path: string, method: string) =>
    document.paths[path]?.[method]?.parameters.find(({ name }) => name === 'Idempotency-Key');
  expect(keyOf('/api/prompts', 'post')).toMatchObject({
    in: 'header',
    required: false,
    description: expect.stringContaining('a repeat within 24 h gets the first answer') as string,
  });
  expect(keyOf('/api/api-keys', 'post')).toMatchObject({
    description: expect.stringContaining('a repeat gets 409') as string,
  });
  expect(keyOf('/api/flags/{key}', 'put')).toBeUndefined();
  expect(keyOf('/api/clients', 'get')).toBeUndefined();
});

it('describes parameters, bodies, answers and who may call', () => {
  const create = document.paths['/api/prompts']!['post']!;
  expect(create.requestBody).toMatchObject({ required: true });
  expect(Object.keys(create.responses)).toEqual(['201', 'default']);
  expect(create.security).toEqual([{ apiKey: [] }, { session: [] }]);
  const flag = document.paths['/api/flags/{key}']!['put']!;
  expect(flag.parameters).toMatchObject([{ name: 'key', in: 'path', required: true }]);
  const clients = document.paths['/api/clients']!['get']!;
  expect(clients.parameters).toMatchObject([
    { name: 'cursor', in: 'query', required: false },
    { name: 'limit', in: 'query', required: false },
  ]);
  const login = document.paths['/api/auth/login']!['get']!;
  expect(login.security).toEqual([]);
  expect(login.requestBody).toBeUndefined();
});

it('shows the document in a page that loads nothing from another host', async () => {
  const response = await fetch(`${gateway.url}/api/docs`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/html');
  const page = await response.text();
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter((url) => /^(?:https?:)?\/\//.test(url))).toEqual([]);
  for (const url of loaded) {
    expect((await fetch(new URL(url, response.url))).status).toBe(200);
  }
  const [, url] = /"url": "([^"]+)"/.exec(page)!;
  const shown = await (await fetch(new URL(url!, response.url))).json();
  expect(shown).toEqual(document);
});

it('starts on a complete configuration only', () => {
  const urls = [
    'IAM',
    'PROMPT_SVC',
    'WEBHOOK_INGRESS',
    'ORCHESTRATOR',
    'BILLING_USAGE',
    'PAYMENTS',
  ];
  const env = {
    API_GATEWAY_PORT: '4101',
    API_GATEWAY_PUBLIC_URL: 'http://localhost:8080',
    API_GATEWAY_CACHE_URL: 'redis://127.0.0.1:4179',
    API_GATEWAY_IDENTITY_PRIVATE_JWK: '{}',
    ...Object.fromEntries(urls.map((name) => [`API_GATEWAY_${name}_URL`, 'http://127.0.0.1:1'])),
  };
  expect(readConfig(env)).toMatchObject({ port: 4101, rateLimitPerMinute: 1200 });
  expect(() => readConfig({ ...env, API_GATEWAY_IAM_URL: 'iam' })).toThrow(ConfigError);
});

it('lets no browser guess a type or come back without TLS, whatever the answer', async () => {
  for (const path of ['/api/openapi.json', '/api/clients', '/api/nothing']) {
    const { headers } = await gateway.request(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
  }
});
