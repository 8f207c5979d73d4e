import { applyMigrations, MigrationError, provisionDatabase } from '@maxai/runtime/database';
import type { LocalPlan } from './local-plan.ts';
import { join } from 'node:path';
import { CommandError } from '../supervisor/command-error.ts';

/** Roles and schemas as the plan names them, then every service's migrations. */
export async function prepareDatabase(
  root: string,
  plan: LocalPlan,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const { port, database, adminPasswordSecret, schemas } = plan.postgres;
  const password = encodeURIComponent(String(secrets[adminPasswordSecret]));
  await provisionDatabase({
    adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    database,
    schemas: schemas.map((entry) => ({
      ...entry,
      ownerPassword: String(secrets[entry.ownerPasswordSecret]),
      appPassword: String(secrets[entry.appPasswordSecret]),
    })),
  });
  for (const { url, schema, directory } of plan.migrations) {
    try {
      await applyMigrations({ url, schema, directory: join(root, directory) });
    } catch (cause) {
      if (!(cause instanceof MigrationError)) throw cause;
      throw new CommandError(
        cause.message,
        `mend the migration in ${directory} and start again; npx maxai reset starts from an empty database`,
        { cause },
      );
    }
  }
}
