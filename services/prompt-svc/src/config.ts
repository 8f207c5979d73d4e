import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

export const settings = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ description: 'Postgres as the role prompt_app' }),
  databasePoolMax: Type.Integer({ default: 10, minimum: 1 }),
  iamUrl: Type.String({ description: 'Base URL of iam' }),
  identityPrivateJwk: Type.String({ description: 'Ed25519 key this service signs its calls with' }),
  identityPublicJwks: Type.String({ description: 'Public keys of the declared callers' }),
  retellBaseUrl: Type.String({ description: 'Where the Retell API is' }),
});

export type PromptSvcConfig = Static<typeof settings>;

export function readConfig(env: NodeJS.ProcessEnv): PromptSvcConfig {
  return loadConfig('PROMPT_SVC', settings, env);
}

/** What `migrate.ts` needs: PostgreSQL as the role prompt_owner. */
export function readMigrationConfig(env: NodeJS.ProcessEnv): { ownerDatabaseUrl: string } {
  const migrationSettings = Type.Object({
    ownerDatabaseUrl: Type.String({ description: 'PostgreSQL as the role prompt_owner' }),
  });
  return loadConfig('PROMPT_SVC', migrationSettings, env);
}
