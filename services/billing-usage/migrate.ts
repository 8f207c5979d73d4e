import { applyMigrations } from '@maxai/runtime/database';
import { join } from 'node:path';
import { readMigrationConfig } from './src/config.ts';

const applied = await applyMigrations({
  url: readMigrationConfig(process.env).ownerDatabaseUrl,
  schema: 'usage',
  directory: join(import.meta.dirname, 'db/migrations'),
});
process.stdout.write(`billing-usage: ${applied.length} migrations applied\n`);
