import { describe, expect, test } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIdentityProvider } from './identity-provider.ts';

const settings = {
  oidcClientId: 'iam',
  oidcClientSecret: 'secret',
  oidcRedirectUrl: 'http://localhost:8080/api/auth/callback',
};
const secrets = { state: 's', nonce: 'n', verifier: 'v' };

describe('the identity provider', () => {
  const withoutTls = { message: 'only requests to HTTPS are allowed' };

  test.each([
    'http://idp.example',
    'http://localhost.example',
    'http://notlocalhost',
    'http://idp.dev.svc.cluster.local.example',
  ])('is never spoken to without TLS: %s', async (oidcIssuer) => {
    const provider = createIdentityProvider({ ...settings, oidcIssuer });
    await expect(provider.authorizationUrl(secrets)).rejects.toMatchObject({
      code: 'service_unavailable',
      cause: withoutTls,
    });
  });

  test.each([
    'http://localhost:9',
    'http://sandbox.localhost:9',
    'http://sandbox.dev-services.svc.cluster.local:9',
  ])(
    'is spoken to without TLS when its name stays on this machine or in its cluster: %s',
    async (oidcIssuer) => {
      const provider = createIdentityProvider({ ...settings, oidcIssuer });
      await expect(provider.authorizationUrl(secrets)).rejects.toMatchObject({
        code: 'service_unavailable',
        cause: expect.not.objectContaining(withoutTls) as object,
      });
    },
  );

  test('is discovered again after it was away, and only once after that', async () => {
    let discoveries = 0;
    const server = createServer((_request, response) => {
      discoveries += 1;
      if (discoveries === 1) {
        response.writeHead(500).end();
        return;
      }
      const { port } = server.address() as AddressInfo;
      const issuer = `http://127.0.0.1:${port}`;
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/auth` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const provider = createIdentityProvider({
      ...settings,
      oidcIssuer: `http://127.0.0.1:${port}`,
    });
    await expect(provider.authorizationUrl(secrets)).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    expect(await provider.authorizationUrl(secrets)).toContain(`127.0.0.1:${port}/auth?`);
    expect(await provider.authorizationUrl(secrets)).toContain('code_challenge_method=S256');
    expect(discoveries).toBe(2);
    server.close();
  });
});
