import { n8nDatabase } from '@maxai/topology/n8n-variables';
import type { LocalPlan } from '../platform/local-plan.ts';

export type N8nOptions = {
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly ports: { readonly port: number; readonly brokerPort: number };
};

const loopback = '127.0.0.1';

/** Nothing that it does by itself leaves the machine. */
const silent = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
  N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_HIRING_BANNER_ENABLED: 'false',
  N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
  EXTERNAL_FRONTEND_HOOKS_URLS: '',
  // It fetches a list at every start.
  N8N_DISABLED_MODULES: 'mcp-registry',
};

/** What n8n reads from its environment on one machine: loopback only, its own database, no client's secret. */
export function n8nEnvironment(home: string, options: N8nOptions): Record<string, string> {
  const { plan, secrets, ports } = options;
  const url = `http://${loopback}:${ports.port}/`;
  return {
    ...silent,
    HOME: home,
    N8N_USER_FOLDER: home,
    N8N_LISTEN_ADDRESS: loopback,
    N8N_HOST: loopback,
    N8N_PORT: String(ports.port),
    N8N_RUNNERS_BROKER_PORT: String(ports.brokerPort),
    N8N_EDITOR_BASE_URL: url,
    WEBHOOK_URL: url,
    // A cookie for HTTPS only would never be sent here.
    N8N_SECURE_COOKIE: 'false',
    N8N_ENCRYPTION_KEY: String(secrets['n8n-encryption-key']),
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: loopback,
    DB_POSTGRESDB_PORT: String(plan.postgres.port),
    DB_POSTGRESDB_DATABASE: n8nDatabase.database,
    DB_POSTGRESDB_USER: n8nDatabase.role,
    DB_POSTGRESDB_PASSWORD: String(secrets['n8n-database-password']),
  };
}
