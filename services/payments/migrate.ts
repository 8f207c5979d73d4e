import { applyMigrations } from '@maxai/runtime/database';
import { join } from 'node:path';
import { readMigrationConfig } from './src/config.ts';

const applied = await applyMigrations({
  url: readMigrationConfig(process.env).ownerDatabaseUrl,
  schema: 'payments',
  directory: join(import.meta.dirname, 'db/migrations'),
});
process.stdout.write(`payments: ${applied.length} migrations applied\n`);
