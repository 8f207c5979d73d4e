import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

export const settings = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ description: 'Postgres as the role ingress_app' }),
  databasePoolMax: Type.Integer({ default: 10, minimum: 1 }),
  queueUrl: Type.String({ description: 'The Redis with maxmemory-policy noeviction' }),
  cacheUrl: Type.String({ description: 'The Redis on which iam announces changed connections' }),
  iamUrl: Type.String({ description: 'Base URL of iam' }),
  identityPrivateJwk: Type.String({ description: 'Ed25519 key this service signs its calls with' }),
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
  bodyLimitBytes: Type.Integer({ default: 1_048_576, minimum: 1024 }),
  connectionTtlMs: Type.Integer({ default: 15_000, minimum: 0 }),
  sweepIntervalMs: Type.Integer({ default: 2_000, minimum: 10 }),
  unqueuedAfterMs: Type.Integer({ default: 5_000, minimum: 0 }),
  unsettledAfterMs: Type.Integer({ default: 60_000, minimum: 0 }),
});

export type WebhookIngressConfig = Static<typeof settings>;

export function readConfig(env: NodeJS.ProcessEnv): WebhookIngressConfig {
  return loadConfig('WEBHOOK_INGRESS', settings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role ingress_owner. */
export function readMigrationConfig(env: NodeJS.ProcessEnv): { ownerDatabaseUrl: string } {
  const migrationSettings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role ingress_owner' }),
  });
  return loadConfig('WEBHOOK_INGRESS', migrationSettings, env);
}
