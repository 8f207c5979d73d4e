import { describe, expect, it } from 'vitest';
import { platform } from '../../platform.ts';
import type { SecretName } from '../../model/index.ts';
import { composeDocument } from './render-compose.ts';
import { composeSecretFiles } from './secret-files.ts';

function secret(name: SecretName): string {
  return platform.secrets[name].kind === 'ed25519-jwk'
    ? JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: `public-${name}`, d: `private-${name}` })
    : `value-of-${name}`;
}

function contents(pooled: boolean): ReadonlyMap<string, string> {
  return new Map(composeSecretFiles(secret, pooled).map(({ path, content }) => [path, content]));
}

describe('the secrets of the containers', () => {
  it('are exactly those that the compose file mounts', () => {
    const paths = [...contents(false).keys()];
    // The last two mount files that no variable of theirs names.
    const { n8n, 'n8n-database': n8nDatabase, pgbouncer, ...others } = composeDocument().services;
    expect([n8n, n8nDatabase, pgbouncer].every((service) => service?.volumes)).toBe(true);
    for (const [name, { environment = {} }] of Object.entries(others)) {
      const wanted = Object.values(environment)
        .filter((value) => value.startsWith('/run/secrets/maxai/'))
        .map((value) => `${name}/${value.split('/').at(-1)}`);
      const given = paths.filter((path) => path.startsWith(`${name}/`));
      expect(given.toSorted()).toEqual(wanted.toSorted());
    }
  });

  it('give a caller its private key, and whoever it calls only the public one', () => {
    const files = contents(false);
    expect(files.get('payments/PAYMENTS_IDENTITY_PRIVATE_JWK')).toContain('private-');
    const publicKeys = files.get('iam/IAM_IDENTITY_PUBLIC_JWKS');
    expect(publicKeys).toContain('public-identity-payments');
    expect(publicKeys).not.toContain('private-');
  });

  it('lead processes through PgBouncer when it is asked for, and migrations round it [R23]', () => {
    const direct = contents(false);
    const pooled = contents(true);
    expect(direct.get('iam/IAM_DATABASE_URL')).toBe(
      'postgres://iam_app:value-of-iam-app-password@postgres:5432/maxai',
    );
    expect(pooled.get('iam/IAM_DATABASE_URL')).toContain('@pgbouncer:6432/');
    expect(pooled.get('migrate-iam/IAM_OWNER_DATABASE_URL')).toBe(
      'postgres://iam_owner:value-of-iam-owner-password@postgres:5432/maxai',
    );
    expect(pooled.get('pgbouncer/userlist.txt')).toContain('"iam_app" "value-of-iam-app-password"');
  });
});
