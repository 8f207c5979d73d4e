import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { asObject } from '../src/json-body.ts';
import { startSandbox } from './support/client.ts';

const redirectUri = 'http://localhost:8080/api/auth/callback';

/** A browser without pages: follows redirects inside the sandbox and keeps its cookies. */
function browser(sandbox: Sandbox) {
  const cookies = new Map<string, string>();
  const visit = async (path: string, body?: URLSearchParams): Promise<Response> => {
    const response = await fetch(new URL(path, sandbox.url), {
      redirect: 'manual',
      method: body ? 'POST' : 'GET',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body ? { body } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', value = ''] = pair.split('=');
      cookies.set(name, value);
    }
    return response;
  };
  const follow = async (response: Response): Promise<Response | URL> => {
    const location = response.headers.get('location');
    if (location === null) return response;
    const target = new URL(location, sandbox.url);
    return location.startsWith(redirectUri) ? target : follow(await visit(target.href));
  };
  return { cookies, visit, follow };
}

async function openLogin(sandbox: Sandbox, extra: Record<string, string>) {
  const page = browser(sandbox);
  const query = new URLSearchParams({
    client_id: sandbox.oidc.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: 'state-1',
    nonce: 'nonce-1',
    ...extra,
  });
  const first = await page.visit(`/oidc/auth?${query}`);
  return { page, first, location: first.headers.get('location') ?? '' };
}

it('signs a demo user in by code and PKCE, with the claims of the contract', async () => {
  const sandbox = await startSandbox();
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const { page, first, location } = await openLogin(sandbox, {
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const login = await page.follow(first);
  const html = login instanceof Response ? await login.text() : '';
  expect(html).toContain('<label for="email">Email</label>');
  expect(html).toContain('Continue</button>');
  expect(html).toContain('viewer@harbor.example');
  expect([...page.cookies.keys()].every((name) => name.startsWith('sandbox_oidc_'))).toBe(true);

  const unknown = await page.visit(location, new URLSearchParams({ email: '<b>@x.example' }));
  expect(unknown.status).toBe(422);
  expect(await unknown.text()).toContain('There is no account &lt;b>@x.example');

  const sent = await page.visit(location, new URLSearchParams({ email: 'Owner@harbor.example ' }));
  const callback = await page.follow(sent);
  if (!(callback instanceof URL)) throw new Error(`no redirect back: ${await callback.text()}`);
  expect(callback.searchParams.get('state')).toBe('state-1');

  const exchange = (secret: string) =>
    fetch(`${sandbox.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${sandbox.oidc.clientId}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
  expect((await exchange('wrong')).status).toBe(401);
  const tokens: unknown = await (await exchange(sandbox.oidc.clientSecret)).json();
  const claims = decodeJwt(String(asObject(tokens)['id_token']));
  expect(claims).toMatchObject({
    iss: sandbox.issuer,
    aud: sandbox.oidc.clientId,
    sub: 'sandbox-owner',
    email: 'owner@harbor.example',
    email_verified: true,
    name: 'Olivia Owner',
    nonce: 'nonce-1',
  });
});

it('refuses a request without PKCE and one for another address', async () => {
  const sandbox = await startSandbox();
  const { location } = await openLogin(sandbox, {});
  expect(location).toContain('error=invalid_request');
  const { first } = await openLogin(sandbox, { redirect_uri: 'https://evil.example/cb' });
  expect(first.status).toBe(400);
});
