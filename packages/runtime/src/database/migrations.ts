import { Client } from 'pg';
import { readMigrations, withSchemaEngine } from './schema-engine.ts';

export type MigrationTarget = {
  /** Of the schema's owner. */
  readonly url: string;
  readonly schema: string;
  /** `db/migrations` of the service. */
  readonly directory: string;
};

/** A migration that failed or cannot be applied; the message names it and says what Postgres said. */
export class MigrationError extends Error {
  constructor(schema: string, problem: string, cause?: unknown) {
    super(`The migrations of schema ${schema} were not applied: ${problem}`, { cause });
    this.name = 'MigrationError';
  }
}

/** One runner at a time and schema, from whatever machine. */
async function holdingLock<T>(
  { url, schema }: MigrationTarget,
  work: () => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'migrate-lock' });
  await client.connect();
  try {
    // The owner's lock timeout is for tables; another runner's work is waited for.
    await client.query('set lock_timeout = 0');
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`migrate:${schema}`]);
    return await work();
  } finally {
    await client.end();
  }
}

/** The history is the owner's business; the default privileges would open it to the app role. */
const closeHistory = `
  do $$ declare grantee regrole; begin
    for grantee in
      select distinct entry.grantee::regrole from pg_class, aclexplode(relacl) as entry
      where oid = '_prisma_migrations'::regclass and entry.grantee <> relowner
    loop execute format('revoke all on _prisma_migrations from %s', grantee); end loop;
  end $$`;

/** The engine's message without its trace, after the migration that the trace names. */
function describe({ message }: Error): string {
  const names = new Set(message.match(/(?<=migration_name=\\?")[\w-]+/g));
  const [problem] = message.split(/\n +0: /);
  return `${[...names].join()} failed. ${problem}`;
}

/**
 * Applies what is missing, in order, and returns the names. Each script is one transaction, so one that
 * an earlier run left unfinished was undone by Postgres and is applied again. Two runners take turns.
 */
export async function applyMigrations(target: MigrationTarget): Promise<string[]> {
  const { url, schema, directory } = target;
  const migrationsList = readMigrations(directory);
  const filters = { externalTables: [], externalEnums: [] };
  return holdingLock(target, async () => {
    const applied = await withSchemaEngine({ url, schema }, async (engine) => {
      const found = await engine.diagnoseMigrationHistory({
        migrationsList,
        filters,
        optInToShadowDatabase: false,
      });
      const unfinished = new Set(found.failedMigrationNames);
      const edited = found.editedMigrationNames.filter((name) => !unfinished.has(name));
      if (edited.length > 0) {
        throw new MigrationError(
          schema,
          `${edited.join(', ')} was edited after it was applied; add a new migration instead`,
        );
      }
      for (const migrationName of unfinished) {
        await engine.markMigrationRolledBack({ migrationName });
      }
      try {
        return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
      } catch (cause) {
        throw new MigrationError(schema, describe(cause as Error), cause);
      }
    });
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(closeHistory);
    await client.end();
    return applied;
  });
}

/** The migrations that are not in the database yet, oldest first. */
export async function pendingMigrations(target: MigrationTarget): Promise<string[]> {
  const { history } = await withSchemaEngine(target, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: readMigrations(target.directory),
      filters: { externalTables: [], externalEnums: [] },
      optInToShadowDatabase: false,
    }),
  );
  return history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
}
