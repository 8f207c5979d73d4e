import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { applyMigrations, provisionDatabase } from '../database/index.ts';
import { testServers } from './test-servers.ts';

/** The service that owns each schema. */
export const serviceOfSchema = {
  iam: 'iam',
  ingress: 'webhook-ingress',
  prompt: 'prompt-svc',
  orchestrator: 'orchestrator',
  usage: 'billing-usage',
  payments: 'payments',
} as const;

export type ServiceSchema = keyof typeof serviceOfSchema;

/** A schema that is no service's, with its own migrations. */
export type OtherSchema = { readonly schema: string; readonly directory: string };

export type TestDatabase = {
  /** Of the role that owns the tables; sees every tenant. */
  readonly ownerUrl: string;
  /** Of the role the service runs as. */
  readonly appUrl: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
};

const password = 'test';

function urlOf(role: string, database: string): string {
  const url = new URL(testServers().postgresUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}

async function buildTemplate(template: string, { schema, directory }: OtherSchema): Promise<void> {
  const unfinished = `${template}_unfinished`;
  const roles = { ownerRole: `${schema}_owner`, appRole: `${schema}_app` };
  await provisionDatabase({
    adminUrl: testServers().postgresUrl,
    database: unfinished,
    schemas: [{ schema, ...roles, ownerPassword: password, appPassword: password }],
  });
  await applyMigrations({ url: urlOf(roles.ownerRole, unfinished), schema, directory });
}

/**
 * A database of its own for a test file: the schema with its two roles and every migration, copied from
 * a template that the run builds once.
 */
export async function createTestDatabase(
  wanted: ServiceSchema | OtherSchema,
): Promise<TestDatabase> {
  const source =
    typeof wanted === 'string'
      ? {
          schema: wanted,
          directory: join(
            import.meta.dirname,
            '../../../../services',
            serviceOfSchema[wanted],
            'db/migrations',
          ),
        }
      : wanted;
  const { schema, directory } = source;
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 8);
  const template = `template_${schema}_${key}`;
  const database = `test_${schema}_${randomUUID().slice(0, 8)}`;
  const admin = new Client({ connectionString: testServers().postgresUrl });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
    const built = await admin.query('select from pg_database where datname = $1', [template]);
    if (built.rowCount === 0) {
      await admin.query(`drop database if exists ${template}_unfinished`);
      await buildTemplate(template, source);
      await admin.query(`alter database ${template}_unfinished rename to ${template}`);
    }
    await admin.query(`create database ${database} template ${template} strategy file_copy`);
  } finally {
    await admin.end();
  }
  return {
    ownerUrl: urlOf(`${schema}_owner`, database),
    appUrl: urlOf(`${schema}_app`, database),
    drop: async () => {
      const client = new Client({ connectionString: testServers().postgresUrl });
      await client.connect();
      await client.query(`drop database ${database} with (force)`);
      await client.end();
    },
  };
}
