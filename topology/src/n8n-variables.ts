import { n8nHost } from './entry-names.ts';
import type { Environment, SecretName } from './model/index.ts';
import { dataHost } from './render/kubernetes/platform-components.ts';

/** In a cloud's image, in compose and on one machine alike. */
export const n8nVersion = '2.37.10';

/** The port n8n listens on inside; the load balancer before it speaks HTTPS. */
export const n8nPort = 5678;

/** Made by the platform's provisioning, owned by the role n8n connects as. */
export const n8nDatabase = { database: 'n8n', role: 'n8n' } as const;

/** What n8n reads from its environment in a cloud, whatever it runs on; secrets by the name of their entry. */
export function n8nVariables(environment: Environment): {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, SecretName>>;
} {
  const host = n8nHost(environment);
  return {
    plain: {
      N8N_HOST: host,
      N8N_PORT: String(n8nPort),
      N8N_PROTOCOL: 'https',
      N8N_PROXY_HOPS: '1',
      N8N_EDITOR_BASE_URL: `https://${host}/`,
      WEBHOOK_URL: `https://${host}/`,
      N8N_DIAGNOSTICS_ENABLED: 'false',
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: dataHost(environment, 'postgres'),
      DB_POSTGRESDB_PORT: String(environment.postgres.port),
      DB_POSTGRESDB_DATABASE: n8nDatabase.database,
      DB_POSTGRESDB_USER: n8nDatabase.role,
      DB_POSTGRESDB_SSL_ENABLED: 'true',
      // The private name is not in the server's certificate: encrypted, on a network nobody else is on.
      DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED: 'false',
    },
    secret: {
      N8N_ENCRYPTION_KEY: 'n8n-encryption-key',
      DB_POSTGRESDB_PASSWORD: 'n8n-database-password',
    },
  };
}

/** The same as lines of a file that a shell writes; its function `read_secret` prints the value of an entry. */
export function n8nEnvironmentFile(environment: Environment): string {
  const { plain, secret } = n8nVariables(environment);
  const lines = Object.entries(plain).map(([name, value]) => `${name}=${value}`);
  const secrets = Object.entries(secret).map(([name, entry]) => `${name}=$(read_secret ${entry})`);
  return [...lines, ...secrets].join('\n');
}
