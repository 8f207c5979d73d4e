import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { readMigrations, withSchemaEngine } from './schema-engine.ts';

export type MigrationTarget = {
  /** Of the schema's owner. */
  readonly url: string;
  readonly schema: string;
  /** `db/migrations` of the service. */
  readonly directory: string;
};

/** How long to come back for a lock that others hold. */
export type Patience = {
  readonly attemptsMax: number;
  /** Before the second attempt; each wait after it is twice as long, up to 30 s. */
  readonly firstDelayMs: number;
  /** For another runner to finish. */
  readonly turnWaitMs: number;
  readonly wait: (ms: number) => Promise<void>;
};

const defaultPatience: Patience = {
  attemptsMax: 10,
  firstDelayMs: 500,
  turnWaitMs: 15 * 60_000,
  wait: (ms) => setTimeout(ms),
};
const delayMaxMs = 30_000;
const turnPollMs = 200;
const filters = { externalTables: [], externalEnums: [] };

/** A migration that failed or cannot be applied; the message names it and says what Postgres said. */
export class MigrationError extends Error {
  constructor(schema: string, problem: string, cause?: unknown) {
    super(`The migrations of schema ${schema} were not applied: ${problem}`, { cause });
    this.name = 'MigrationError';
  }
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'migrate' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * One runner at a time and database, from whatever machine. It asks again instead of waiting in a
 * statement, which a concurrent index of the other runner would wait for in turn.
 */
async function holdingLock<T>(
  { url, schema }: MigrationTarget,
  { turnWaitMs, wait }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  return connected(url, async (client) => {
    for (let waitedMs = 0; ; waitedMs += turnPollMs) {
      const { rows } = await client.query<{ taken: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('migrate', 0)) as taken`,
      );
      if (rows[0]?.taken === true) return work();
      if (waitedMs >= turnWaitMs) {
        throw new MigrationError(
          schema,
          `another runner is at work in this database for more than ${turnWaitMs / 1000} s; look at its log, end it if it hangs (application_name migrate in pg_stat_activity) and run this again`,
        );
      }
      await wait(turnPollMs);
    }
  });
}

/** What a concurrent build leaves when it fails; built again under its name, it would be skipped. */
async function dropInvalidIndexes(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', relnamespace::regnamespace::text, relname) as name
     from pg_index join pg_class on pg_class.oid = indexrelid
     where not indisvalid and relkind = 'i' and relnamespace = $1::regnamespace`,
    [schema],
  );
  for (const { name } of rows) await client.query(`drop index concurrently if exists ${name}`);
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

/** PostgreSQL's codes for a lock that was not had in time, and for a deadlock. */
const foundLocked: ReadonlySet<string | undefined> = new Set(['55P03', '40P01']);

class LockedError extends MigrationError {}

async function applyOnce({ url, schema, directory }: MigrationTarget): Promise<void> {
  const migrationsList = readMigrations(directory);
  let sqlState: string | undefined;
  const onScriptError = (error: unknown) => {
    sqlState = (error as { code?: string }).code;
  };
  await withSchemaEngine({ url, schema, onScriptError }, async (engine) => {
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
      await engine.applyMigrations({ migrationsList, filters });
    } catch (cause) {
      const Failure = foundLocked.has(sqlState) ? LockedError : MigrationError;
      throw new Failure(schema, describe(cause as Error), cause);
    }
  });
}

/** Lets go and comes again while others hold the locks. */
async function applyPatiently(target: MigrationTarget, patience: Patience): Promise<string[]> {
  const before = await pendingMigrations(target);
  for (let attempt = 1; ; attempt += 1) {
    await connected(target.url, (client) => dropInvalidIndexes(client, target.schema));
    try {
      await applyOnce(target);
      // An attempt that found a lock taken may have applied what comes before it.
      return before;
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (attempt === patience.attemptsMax) {
        throw new MigrationError(
          target.schema,
          `${attempt} attempts found a table locked, so nothing waits behind this one; end the transaction that holds it (oldest xact_start in pg_stat_activity) and run this again. ${error.message}`,
          error,
        );
      }
      await patience.wait(Math.min(patience.firstDelayMs * 2 ** (attempt - 1), delayMaxMs));
    }
  }
}

/**
 * Applies what is missing, in order, and returns the names. Each script is one transaction, so one that
 * an earlier run left unfinished was undone by Postgres and is applied again, and so is one that did not
 * get a lock within a second. Two runners take turns.
 */
export async function applyMigrations(
  target: MigrationTarget,
  patience: Partial<Patience> = {},
): Promise<string[]> {
  const patient = { ...defaultPatience, ...patience };
  return holdingLock(target, patient, async () => {
    const applied = await applyPatiently(target, patient);
    await connected(target.url, (client) => client.query(closeHistory));
    return applied;
  });
}

/** The migrations that are not in the database yet, oldest first. */
export async function pendingMigrations(target: MigrationTarget): Promise<string[]> {
  const { history, failedMigrationNames } = await withSchemaEngine(target, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: readMigrations(target.directory),
      filters,
      optInToShadowDatabase: false,
    }),
  );
  const missing =
    history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  return [...new Set([...failedMigrationNames, ...missing])].toSorted();
}
