import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

type Environment = Readonly<Record<string, string | undefined>>;

const shared = {
  ...processSettings,
  databaseUrl: Type.String({ description: 'PostgreSQL, role orchestrator_app' }),
  databasePoolMax: Type.Integer({ minimum: 1, default: 10 }),
  queueUrl: Type.String({ description: 'The Redis with maxmemory-policy noeviction' }),
  iamUrl: Type.String({ pattern: '^https?://', description: 'Where iam answers' }),
  identityPrivateJwk: Type.String({ description: 'Ed25519 key this process signs its calls with' }),
};

export const orchestratorSettings = Type.Object({
  ...shared,
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
});
export type OrchestratorConfig = Static<typeof orchestratorSettings>;

const baseUrl = (provider: string) =>
  Type.String({ pattern: '^https?://', description: `Where ${provider}'s API is reached` });

export const workerSettings = Type.Object({
  ...shared,
  cacheUrl: Type.String({ description: 'The Redis that may forget: rate limits of connections' }),
  webhookIngressUrl: Type.String({
    pattern: '^https?://',
    description: 'Where webhook-ingress answers',
  }),
  retellBaseUrl: baseUrl('Retell'),
  twilioBaseUrl: baseUrl('Twilio'),
  highlevelBaseUrl: baseUrl('HighLevel'),
  stripeBaseUrl: baseUrl('Stripe'),
  openrouterBaseUrl: baseUrl('OpenRouter'),
  googleBaseUrl: baseUrl('Google'),
  googleTokenUrl: Type.String({
    pattern: '^https?://',
    default: 'https://oauth2.googleapis.com/token',
    description: "Google's token endpoint",
  }),
  n8nUrl: baseUrl('n8n'),
  n8nSigningKey: Type.String({ description: 'Signs the start of every workflow at n8n' }),
  deliveryConcurrency: Type.Integer({
    minimum: 1,
    default: 200,
    description: 'Deliveries under way at once; they are taken over in batches',
  }),
  executionConcurrency: Type.Integer({
    minimum: 1,
    default: 32,
    description: 'Executions under way at once',
  }),
});
export type OrchestratorWorkerConfig = Static<typeof workerSettings>;

export function readConfig(env: Environment): OrchestratorConfig {
  return loadConfig('ORCHESTRATOR', orchestratorSettings, env);
}

export function readWorkerConfig(env: Environment): OrchestratorWorkerConfig {
  return loadConfig('ORCHESTRATOR', workerSettings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role orchestrator_owner. */
export function readMigrationConfig(env: Environment): { ownerDatabaseUrl: string } {
  const settings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role orchestrator_owner' }),
  });
  return loadConfig('ORCHESTRATOR', settings, env);
}
