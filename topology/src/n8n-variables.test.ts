import { describe, expect, it } from 'vitest';
import { production } from './environments/production.ts';
import { staging } from './environments/staging.ts';
import { n8nEnvironmentFile, n8nVariables } from './n8n-variables.ts';

describe('the environment of n8n', () => {
  it('names its own database in the shared PostgreSQL and its address on HTTPS [R32,R33]', () => {
    expect(n8nVariables(staging).plain).toMatchObject({
      N8N_EDITOR_BASE_URL: 'https://n8n.staging.maxai.io/',
      DB_POSTGRESDB_HOST: 'postgres.staging.maxai.internal',
      DB_POSTGRESDB_DATABASE: 'n8n',
    });
  });

  it('holds no secret: a machine reads them when it starts', () => {
    const lines = n8nEnvironmentFile(production).split('\n');
    expect(lines).toContain('N8N_ENCRYPTION_KEY=$(read_secret n8n-encryption-key)');
    expect(lines).toContain('DB_POSTGRESDB_PASSWORD=$(read_secret n8n-database-password)');
    expect(lines).toContain('N8N_PORT=5678');
  });
});
