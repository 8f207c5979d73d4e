import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

export const iamSettings = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ description: 'PostgreSQL as the role iam_app' }),
  databasePoolMax: Type.Integer({ minimum: 1, default: 10 }),
  cacheUrl: Type.String({ description: 'The Redis that may forget' }),
  identityPublicJwks: Type.String({ description: 'JWKS of the services that may call iam' }),
  oidcIssuer: Type.String({ pattern: '^https?://', description: 'OpenID Connect issuer' }),
  oidcClientId: Type.String({ minLength: 1 }),
  oidcClientSecret: Type.String({ minLength: 1 }),
  oidcRedirectUrl: Type.String({
    pattern: '^https?://',
    description: '/api/auth/callback under the public URL, as registered at the issuer',
  }),
  encryptionKey: Type.String({
    pattern: '^[A-Za-z0-9+/]{43}=(,[A-Za-z0-9+/]{43}=)*$',
    description: '32 bytes in base64; during a rotation the new key, a comma, the old ones',
  }),
  sessionTtlSeconds: Type.Integer({ minimum: 60, maximum: 86_400, default: 86_400 }),
  flagTtlSeconds: Type.Integer({ minimum: 1, maximum: 300, default: 300 }),
});
export type IamConfig = Static<typeof iamSettings>;

/** Reads the `IAM_*` variables; throws `ConfigError` with every one that is missing or wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): IamConfig {
  return loadConfig('IAM', iamSettings, env);
}

/** What `rewrap.ts` needs: PostgreSQL as the role iam_owner, and the keys, the new one first. */
export function readRewrapConfig(env: Readonly<Record<string, string | undefined>>): {
  ownerDatabaseUrl: string;
  encryptionKey: string;
} {
  const settings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role iam_owner' }),
    encryptionKey: iamSettings.properties.encryptionKey,
  });
  return loadConfig('IAM', settings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role iam_owner. */
export function readMigrationConfig(env: Readonly<Record<string, string | undefined>>): {
  ownerDatabaseUrl: string;
} {
  const settings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role iam_owner' }),
  });
  return loadConfig('IAM', settings, env);
}
