import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

const shared = {
  ...processSettings,
  databaseUrl: Type.String({ description: 'Postgres as the role usage_app' }),
  databasePoolMax: Type.Integer({ default: 10, minimum: 1 }),
  queueUrl: Type.String({ description: 'The Redis with maxmemory-policy noeviction' }),
};

export const serviceSettings = Type.Object({
  ...shared,
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
});

export const workerSettings = Type.Object({
  ...shared,
  workerConcurrency: Type.Integer({ default: 50, minimum: 1 }),
});

export type BillingUsageConfig = Static<typeof serviceSettings>;
export type BillingUsageWorkerConfig = Static<typeof workerSettings>;

export function readConfig(env: NodeJS.ProcessEnv): BillingUsageConfig {
  return loadConfig('BILLING_USAGE', serviceSettings, env);
}

export function readWorkerConfig(env: NodeJS.ProcessEnv): BillingUsageWorkerConfig {
  return loadConfig('BILLING_USAGE', workerSettings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role usage_owner. */
export function readMigrationConfig(env: NodeJS.ProcessEnv): { ownerDatabaseUrl: string } {
  const migrationSettings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role usage_owner' }),
  });
  return loadConfig('BILLING_USAGE', migrationSettings, env);
}
