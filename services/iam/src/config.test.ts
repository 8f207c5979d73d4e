import { describe, expect, test } from 'vitest';
import { readConfig, readMigrationConfig } from './config.ts';

const env = {
  IAM_PORT: '4103',
  IAM_PUBLIC_URL: 'https://app.maxai.io',
  IAM_DATABASE_URL: 'postgres://iam_app@127.0.0.1/maxai',
  IAM_CACHE_URL: 'redis://127.0.0.1:4179',
  IAM_IDENTITY_PUBLIC_JWKS: '{"keys":[]}',
  IAM_OIDC_ISSUER: 'https://accounts.google.com',
  IAM_OIDC_CLIENT_ID: 'id',
  IAM_OIDC_CLIENT_SECRET: 'secret',
  IAM_OIDC_REDIRECT_URL: 'https://app.maxai.io/api/auth/callback',
  IAM_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
};

describe('the configuration', () => {
  test('is read from IAM_* with the documented defaults', () => {
    expect(readConfig(env)).toMatchObject({
      port: 4103,
      sessionTtlSeconds: 86_400,
      flagTtlSeconds: 300,
      databasePoolMax: 10,
    });
  });

  test('takes several encryption keys, each of 32 bytes', () => {
    const [one, two] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64'));
    const IAM_ENCRYPTION_KEY = `${one},${two}`;
    expect(readConfig({ ...env, IAM_ENCRYPTION_KEY }).encryptionKey).toBe(IAM_ENCRYPTION_KEY);
    const short = { ...env, IAM_ENCRYPTION_KEY: Buffer.alloc(16).toString('base64') };
    expect(() => readConfig(short)).toThrow('IAM_ENCRYPTION_KEY');
  });

  test('names every variable that is missing', () => {
    const { IAM_CACHE_URL: _cache, IAM_OIDC_CLIENT_SECRET: _secret, ...rest } = env;
    expect(() => readConfig(rest)).toThrow(/IAM_CACHE_URL[^]*IAM_OIDC_CLIENT_SECRET/);
    expect(() => readMigrationConfig({})).toThrow('IAM_OWNER_DATABASE_URL');
    const given = { IAM_OWNER_DATABASE_URL: 'postgres://iam_owner@127.0.0.1/maxai' };
    expect(readMigrationConfig(given).ownerDatabaseUrl).toContain('iam_owner');
  });
});
