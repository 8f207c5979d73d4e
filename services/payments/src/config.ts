import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

const settings = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ description: 'Postgres as the role payments_app' }),
  databasePoolMax: Type.Integer({ default: 10, minimum: 1 }),
  queueUrl: Type.String({ description: 'The Redis with maxmemory-policy noeviction' }),
  iamUrl: Type.String({ description: 'Base URL of iam' }),
  identityPrivateJwk: Type.String({ description: 'Ed25519 key this service signs its calls with' }),
});

export const serviceSettings = Type.Object({
  ...settings.properties,
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
  billingUsageUrl: Type.String({ description: 'Base URL of billing-usage' }),
});

export const workerSettings = Type.Object({
  ...settings.properties,
  stripeBaseUrl: Type.String({ description: 'Where the Stripe API is' }),
  workerConcurrency: Type.Integer({ default: 5, minimum: 1 }),
});

export type PaymentsConfig = Static<typeof serviceSettings>;
export type PaymentsWorkerConfig = Static<typeof workerSettings>;

export function readConfig(env: NodeJS.ProcessEnv): PaymentsConfig {
  return loadConfig('PAYMENTS', serviceSettings, env);
}

export function readWorkerConfig(env: NodeJS.ProcessEnv): PaymentsWorkerConfig {
  return loadConfig('PAYMENTS', workerSettings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role payments_owner. */
export function readMigrationConfig(env: NodeJS.ProcessEnv): { ownerDatabaseUrl: string } {
  const migrationSettings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role payments_owner' }),
  });
  return loadConfig('PAYMENTS', migrationSettings, env);
}
