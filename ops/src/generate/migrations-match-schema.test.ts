import { schemaDrift } from '@maxai/runtime/database';
import { createTestDatabase, serviceOfSchema, type ServiceSchema } from '@maxai/runtime/testing';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const services = join(import.meta.dirname, '../../../services');
const nothing = mkdtempSync(join(tmpdir(), 'no-migrations-'));

async function driftOf(schema: ServiceSchema, directory: string): Promise<string> {
  const empty = await createTestDatabase({ schema, directory: nothing });
  try {
    const schemaFile = join(services, serviceOfSchema[schema], 'db/schema.prisma');
    return await schemaDrift({ url: empty.ownerUrl, schema, directory, schemaFile });
  } finally {
    await empty.drop();
  }
}

// The keys of an object literal are its type's.
it.each(Object.keys(serviceOfSchema) as ServiceSchema[])(
  'the migrations of %s make exactly the tables of its schema.prisma',
  async (schema) => {
    const directory = join(services, serviceOfSchema[schema], 'db/migrations');
    expect(await driftOf(schema, directory)).toBe('');
  },
);

it('a migration that the schema does not know is a difference', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'drifted-'));
  cpSync(join(services, 'iam/db/migrations'), directory, { recursive: true });
  mkdirSync(join(directory, '99990101000000_stray'));
  writeFileSync(
    join(directory, '99990101000000_stray/migration.sql'),
    'create table stray (id text primary key);',
  );
  expect(await driftOf('iam', directory)).toContain('DROP TABLE "stray"');
  rmSync(directory, { recursive: true });
});
