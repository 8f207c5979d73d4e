import { expectTls } from './expect-tls.ts';
import {
  ask,
  expectProblem,
  expectStatus,
  expectThat,
  type SmokeCheck,
  type Target,
} from './smoke-check.ts';

function expectHeaders(response: Response, secure: boolean): void {
  const { headers } = response;
  expectThat(
    headers.get('x-content-type-options') === 'nosniff',
    'x-content-type-options is not nosniff',
  );
  expectThat(headers.get('x-powered-by') === null, 'x-powered-by tells what runs here');
  if (!secure) return;
  const [, seconds = '0'] =
    /max-age=(\d+)/.exec(String(headers.get('strict-transport-security'))) ?? [];
  expectThat(
    Number(seconds) >= 15_552_000,
    'strict-transport-security does not last 180 days, so a browser may come back without TLS',
  );
}

function page(name: string, path: string): SmokeCheck {
  return {
    name,
    run: async (target) => {
      const response = await ask(target, path);
      await expectStatus(response, 200);
      const type = String(response.headers.get('content-type'));
      expectThat(type.startsWith('text/html'), `expected a page, got content type ${type}`);
      expectThat(
        response.headers.get('content-security-policy') !== null,
        'the page has no content-security-policy',
      );
      expectHeaders(response, target.url.protocol === 'https:');
      const html = await response.text();
      expectThat(html.includes('</html>'), 'the page is cut short');
    },
  };
}

type Session = { readonly tenant?: { readonly id?: unknown } | null };

const everywhere: readonly SmokeCheck[] = [
  {
    name: 'health',
    run: async (target) => expectStatus(await ask(target, '/health'), 200),
  },
  page('portal', '/'),
  page('admin', '/admin'),
  {
    name: 'OpenAPI document',
    run: async (target) => {
      const response = await ask(target, '/api/openapi.json');
      await expectStatus(response, 200);
      const document = (await response.json()) as { openapi?: string; paths?: object };
      expectThat(String(document.openapi).startsWith('3.'), 'it is no OpenAPI 3 document');
      expectThat(Object.keys(Object(document.paths) as object).length > 0, 'it lists no path');
    },
  },
  {
    name: 'API without credentials',
    run: async (target) => {
      const response = await ask(target, '/api/clients');
      await expectProblem(response, [401]);
      expectHeaders(response, target.url.protocol === 'https:');
    },
  },
  {
    name: 'unsigned webhook',
    run: async (target) => {
      const response = await ask(target, '/webhooks/retell/con_00000000000000000000000000', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"event":"call_started"}',
      });
      await expectProblem(response, [400, 401, 403, 404]);
    },
  },
];

const tls: SmokeCheck = { name: 'TLS 1.3 only', run: expectTls };

const tenantOfKey: SmokeCheck = {
  name: 'tenant of the API key',
  run: async (target) => {
    const headers = { authorization: `Bearer ${target.apiKey}` };
    const response = await ask(target, '/api/auth/session', { headers });
    await expectStatus(response, 200);
    const { tenant } = (await response.json()) as Session;
    expectThat(typeof tenant?.id === 'string', 'the key belongs to no tenant');
    await expectStatus(await ask(target, '/api/clients?limit=1', { headers }), 200);
  },
};

/** The same on a laptop, in staging, in production and after a rollback; more where there is TLS or a key. */
export function smokeChecksFor({ url, apiKey }: Target): SmokeCheck[] {
  return [
    ...everywhere,
    ...(url.protocol === 'https:' ? [tls] : []),
    ...(apiKey === null ? [] : [tenantOfKey]),
  ];
}
