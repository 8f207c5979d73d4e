import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createSilentServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { smokeCommand } from './command.ts';
import { expectTls } from './expect-tls.ts';
import { keepAsking, parseTarget, runSmoke } from './run-smoke.ts';

type Answer = {
  status: number;
  type: string;
  body: string;
  headers: Record<string, string>;
};

const html = '<!doctype html><html><body>MaxAI</body></html>';
const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'self'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
const problem = (status: number) => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'x', title: 'No', code: 'no', status, correlation_id: 'c' }),
  headers: pageHeaders,
});
const page = { status: 200, type: 'text/html; charset=utf-8', body: html, headers: pageHeaders };
const json = (body: unknown) => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(body),
  headers: pageHeaders,
});

let answers: Record<string, Answer>;
let server: Server;
let url: string;

/** A platform as bad as a test wants it; the good one is the running platform itself. */
const listener: RequestListener = (request, response) => {
  const path = String(request.url).split('?')[0] ?? '';
  const named = request.headers.authorization === 'Bearer mxk_smoke' ? `${path} with key` : path;
  const { status, type, body, headers } = answers[named] ?? problem(404);
  response.writeHead(status, { ...headers, 'content-type': type }).end(body);
};

async function listenOn(created: Server): Promise<string> {
  await new Promise<void>((resolve) => created.listen(0, '127.0.0.1', resolve));
  return `localhost:${(created.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  answers = {
    '/health': json({ status: 'ok' }),
    '/': page,
    '/admin': page,
    '/api/openapi.json': json({ openapi: '3.1.0', paths: { '/api/clients': {} } }),
    '/api/clients': problem(401),
    '/api/clients with key': json({ items: [] }),
    '/api/auth/session with key': json({ tenant: { id: 'ten_1', name: 'Agency' } }),
    '/webhooks/retell/con_00000000000000000000000000': problem(401),
  };
  server = createPlainServer(listener);
  url = `http://${await listenOn(server)}`;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
});

async function failuresOf(env: NodeJS.ProcessEnv = {}): Promise<Record<string, string>> {
  const { checks } = await runSmoke(parseTarget(url, env, 2000));
  return Object.fromEntries(
    checks.flatMap(({ name, failure }) => (failure === null ? [] : [[name, failure]])),
  );
}

describe('the smoke test', () => {
  it('passes where everything answers as it should, and reads a tenant with a key [R76]', async () => {
    expect(await failuresOf()).toEqual({});
    const report = await runSmoke(parseTarget(url, { MAXAI_SMOKE_API_KEY: 'mxk_smoke' }, 2000));
    expect(report.passed).toBe(true);
    expect(report.checks.map(({ name }) => name)).toEqual([
      'health',
      'portal',
      'admin',
      'OpenAPI document',
      'API without credentials',
      'unsigned webhook',
      'tenant of the API key',
    ]);
  });

  it.each<[string, string, Partial<Answer>, string, string]>([
    ['a dependency is down', '/health', { status: 503 }, 'health', 'expected 200, got 503'],
    ['a page is an error', '/', { status: 500 }, 'portal', 'expected 200, got 500'],
    ['a page is no page', '/admin', { type: 'text/plain' }, 'admin', 'got content type text/plain'],
    ['a page is cut short', '/', { body: '<html>' }, 'portal', 'cut short'],
    [
      'a page has no content security policy',
      '/',
      { headers: { 'x-content-type-options': 'nosniff' } },
      'portal',
      'no content-security-policy',
    ],
    [
      'types are guessed',
      '/',
      { headers: { 'content-security-policy': 'x' } },
      'portal',
      'not nosniff',
    ],
    [
      'the framework shows',
      '/',
      { headers: { ...pageHeaders, 'x-powered-by': 'Next.js' } },
      'portal',
      'x-powered-by',
    ],
    [
      'the document is none',
      '/api/openapi.json',
      { body: '{}' },
      'OpenAPI document',
      'no OpenAPI 3',
    ],
    [
      'the document is empty',
      '/api/openapi.json',
      { body: '{"openapi":"3.1.0"}' },
      'OpenAPI document',
      'lists no path',
    ],
    ['the document is no JSON', '/api/openapi.json', { body: '<' }, 'OpenAPI document', 'JSON'],
    ['the API is open', '/api/clients', { status: 200 }, 'API without credentials', 'expected 401'],
    [
      'an error is no problem document',
      '/api/clients',
      { type: 'application/json' },
      'API without credentials',
      'expected application/problem+json',
    ],
    [
      'a problem lacks its fields',
      '/api/clients',
      { body: '{"status":401}' },
      'API without credentials',
      'the problem lacks',
    ],
    [
      'an unsigned webhook is accepted',
      '/webhooks/retell/con_00000000000000000000000000',
      { status: 200 },
      'unsigned webhook',
      'expected 400 or 401 or 403 or 404, got 200',
    ],
    [
      'the key is worth nothing',
      '/api/auth/session with key',
      { status: 401 },
      'tenant of the API key',
      'expected 200, got 401',
    ],
    [
      'the key belongs to nobody',
      '/api/auth/session with key',
      { body: '{"tenant":null}' },
      'tenant of the API key',
      'belongs to no tenant',
    ],
  ])('fails and says why when %s', async (_when, path, change, check, reason) => {
    answers[path] = { ...(answers[path] ?? page), ...change };
    const failures = await failuresOf({ MAXAI_SMOKE_API_KEY: 'mxk_smoke' });
    expect(Object.keys(failures)).toEqual([check]);
    expect(failures[check]).toContain(reason);
  });

  it('fails every check when nobody answers, and names why', async () => {
    const { port } = new URL(url);
    await new Promise((resolve) => server.close(resolve));
    url = `http://127.0.0.1:${port}`;
    const failures = await failuresOf();
    expect(Object.keys(failures)).toHaveLength(6);
    expect(failures['health']).toMatch(/\/health was not answered: .*ECONNREFUSED/);
    server = createPlainServer(listener).listen(0);
  });

  it('does not wait for ever', async () => {
    server.removeAllListeners('request');
    const { checks } = await runSmoke(parseTarget(url, {}, 50));
    expect(checks[0]?.failure).toContain('timeout');
    server.closeAllConnections();
  });

  it('goes on for some minutes, and ends with the first failure [R79]', async () => {
    let now = 0;
    let asked = 0;
    const wait = async (ms: number) => {
      now += ms;
      asked += 1;
    };
    const clock = { now: () => now, wait };
    expect((await keepAsking(parseTarget(url, {}, 2000), 2, clock)).passed).toBe(true);
    expect(asked).toBe(4);
    const fails = async (ms: number) => {
      answers['/health'] = problem(503);
      await wait(ms);
    };
    const report = await keepAsking(parseTarget(url, {}, 2000), 60, {
      now: () => now,
      wait: fails,
    });
    expect(report.passed).toBe(false);
    expect(asked).toBe(5);
  });

  it('lets a bug of its own show', async () => {
    const broken = { name: 'broken', run: () => Promise.reject(new TypeError('a bug')) };
    await expect(runSmoke(parseTarget(url, {}, 50), [broken])).rejects.toThrow('a bug');
  });

  it.each(['staging', 'ftp://staging.maxai.io'])('refuses %s as an address', (text) => {
    expect(() => parseTarget(text, {}, 50)).toThrow(/no address[^]*Fix: give the public URL/);
  });
});

describe('the command', () => {
  let output: string[];
  beforeEach(() => {
    output = [];
    const collect = (text: string) => void output.push(text);
    vi.spyOn(console, 'log').mockImplementation(collect);
    vi.spyOn(console, 'error').mockImplementation(collect);
  });

  it('ends with 0 when all hold, with 1 and the reason when one does not', async () => {
    await smokeCommand({}).parseAsync([url], { from: 'user' });
    expect(process.exitCode).toBe(0);
    expect(output.at(-1)).toBe(`${url}/: 6 of 6 checks hold`);
    answers['/health'] = { ...page, status: 503 };
    await smokeCommand({}).parseAsync([url], { from: 'user' });
    expect(process.exitCode).toBe(1);
    expect(output.join('\n')).toContain('FAIL  health: expected 200, got 503');
    process.exitCode = 0;
  });

  it('refuses a time that is none', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const command = smokeCommand({}).exitOverride();
    const args = [url, '--for-minutes', 'long'];
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow('number of minutes');
  });

  it('reports for programs', async () => {
    await smokeCommand().parseAsync([url, '--json'], { from: 'user' });
    expect(JSON.parse(output.join(''))).toMatchObject({ url: `${url}/`, passed: true });
    process.exitCode = 0;
  });
});

describe('over TLS', () => {
  let folder: string;
  let certificate: (days: number) => ServerOptions;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    certificate = (days) => {
      const [key, cert] = [join(folder, `key-${days}`), join(folder, `cert-${days}`)];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const files = ['-days', String(days), '-keyout', key, '-out', cert];
      const args = ['req', '-x509', ...curve, ...subject, ...files];
      execFileSync('openssl', args, { stdio: 'ignore' });
      return { key: readFileSync(key), cert: readFileSync(cert) };
    };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function judge(options: ServerOptions, trusted = true): Promise<string> {
    const secure = createServer(options, listener);
    const target = parseTarget(`https://${await listenOn(secure)}`, {}, 2000);
    const ca = trusted ? [options.cert as Buffer] : [];
    try {
      await expectTls(target, { ca });
      return 'holds';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await new Promise((resolve) => secure.close(resolve));
    }
  }

  it('wants 1.3 and nothing older, from a certificate that is trusted and lasts', async () => {
    const lasting = certificate(90);
    expect(await judge({ ...lasting, minVersion: 'TLSv1.3' })).toBe('holds');
    expect(await judge(lasting)).toBe('it still accepts TLS 1.2');
    expect(await judge({ ...lasting, maxVersion: 'TLSv1.2' })).toContain('it speaks TLSv1.2');
    expect(await judge({ ...certificate(3), minVersion: 'TLSv1.3' })).toMatch(/ends in [23] days/);
    expect(await judge({ ...lasting, minVersion: 'TLSv1.3' }, false)).toContain('handshake failed');
  });

  it('is part of the test, and so is that browsers come back with TLS', async () => {
    const secure = createServer(certificate(90), listener);
    const target = parseTarget(`https://${await listenOn(secure)}`, {}, 2000);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    answers['/'] = { ...page, headers: { ...pageHeaders, 'strict-transport-security': '' } };
    const { checks } = await runSmoke(target);
    const failed = checks.filter(({ failure }) => failure !== null);
    expect(failed.map(({ name }) => name)).toEqual(['portal', 'TLS 1.3 only']);
    expect(failed[0]?.failure).toContain('strict-transport-security');
    vi.unstubAllEnvs();
    await new Promise((resolve) => secure.close(resolve));
  });

  it('does not wait for ever for a handshake', async () => {
    const sockets: Socket[] = [];
    const silent = createSilentServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const target = parseTarget(`https://127.0.0.1:${port}`, {}, 50);
    await expect(expectTls(target)).rejects.toThrow('no handshake within 50 ms');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
