import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('starts on port 4100 when nothing is set', () => {
  expect(readConfig({})).toMatchObject({
    port: 4100,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:4100',
    highlevelBurstMax: 100,
    oidc: { clientId: 'maxai', redirectUris: ['http://localhost:8080/api/auth/callback'] },
  });
});

it('takes every setting from its variable', () => {
  expect(
    readConfig({
      SANDBOX_PORT: '5100',
      SANDBOX_HOST: '0.0.0.0',
      SANDBOX_PUBLIC_URL: 'http://localhost:5100/',
      SANDBOX_HIGHLEVEL_BURST_MAX: '7',
      SANDBOX_OIDC_CLIENT_ID: 'one',
      SANDBOX_OIDC_CLIENT_SECRET: 'two',
      SANDBOX_OIDC_REDIRECT_URIS: 'http://a/cb,http://b/cb',
    }),
  ).toEqual({
    port: 5100,
    host: '0.0.0.0',
    publicUrl: 'http://localhost:5100',
    highlevelBurstMax: 7,
    oidc: { clientId: 'one', clientSecret: 'two', redirectUris: ['http://a/cb', 'http://b/cb'] },
  });
});

it('signs as HighLevel with the key it is given, so that connections outlive a restart', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { highlevelKeys } = readConfig({
    SANDBOX_HIGHLEVEL_SIGNING_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
  });
  expect(highlevelKeys).toEqual({
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  });
});

it('reads a secret from the file that a variable with _FILE names', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const file = join(directory, 'secret');
  writeFileSync(file, 'from-a-file\n');
  const { oidc } = readConfig({ SANDBOX_OIDC_CLIENT_SECRET_FILE: file });
  rmSync(directory, { recursive: true });
  expect(oidc?.clientSecret).toBe('from-a-file');
});

it('names every variable that is wrong in one error', () => {
  expect(() =>
    readConfig({
      SANDBOX_PORT: 'x',
      SANDBOX_PUBLIC_URL: 'nowhere',
      SANDBOX_HIGHLEVEL_BURST_MAX: 'many',
    }),
  ).toThrow(/SANDBOX_PORT.*SANDBOX_PUBLIC_URL.*SANDBOX_HIGHLEVEL_BURST_MAX/);
});
