import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

export const settings = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ description: 'Postgres as the role usage_app' }),
  databasePoolMax: Type.Integer({ default: 10, minimum: 1 }),
  queueUrl: Type.String({ description: 'The Redis with maxmemory-policy noeviction' }),
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
  workerConcurrency: Type.Integer({ default: 10, minimum: 1 }),
});

export type BillingUsageConfig = Static<typeof settings>;

export function readConfig(env: NodeJS.ProcessEnv): BillingUsageConfig {
  return loadConfig('BILLING_USAGE', settings, env);
}
