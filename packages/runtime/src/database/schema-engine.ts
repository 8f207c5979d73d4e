import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Pool } from 'pg';

/** The catalogue's one-byte `"char"`, which the adapter cannot name, and a type that it can. */
const oid = { char: 18, text: 25 } as const;

type Glue = { readonly SchemaEngine: typeof SchemaEngine };

let glue: Promise<Glue> | undefined;

/** Where the engine leaves its last words; without it a panic is only `unreachable`. */
const panicRegistry = {
  set_message: (message: string) => {
    throw new Error(`The schema engine panicked: ${message}`);
  },
};

async function loadEngine(): Promise<Glue> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panicRegistry });
  const entry = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  // The package's bindings; its own entry point imports WebAssembly as a module, which needs a flag.
  const bindings = (await import(entry)) as Glue & WebAssembly.ModuleImports;
  const bytes = readFileSync(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  // Both are what wasm-bindgen puts into every module it builds.
  (bindings['__wbg_set_wasm'] as (exports: WebAssembly.Exports) => void)(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return bindings;
}

/** What the adapter says of a query's result, before it looks up the types. */
type RawResult = { readonly fields: { dataTypeID: number }[] };
type Adapter = SqlDriverAdapter & {
  performIO(query: SqlQuery): Promise<RawResult>;
  onError(error: unknown): never;
};

/** A script whose lock is not free gives up at once: whoever waits for a lock makes others wait. */
const inTransaction = { lockTimeout: '1s', statementTimeout: '60s' };
/** Alone in its script; it waits for others without standing in anybody's way. */
const concurrently = { lockTimeout: '0', statementTimeout: '30min' };

async function runScript(pool: Pool, script: string): Promise<void> {
  const limits = /\bconcurrently\b/i.test(script) ? concurrently : inTransaction;
  const client = await pool.connect();
  try {
    await client.query(`set lock_timeout = '${limits.lockTimeout}'`);
    await client.query(`set statement_timeout = '${limits.statementTimeout}'`);
    await client.query(script);
  } finally {
    // Its settings go with it.
    client.release(true);
  }
}

/** Mends two faults of the adapter: scripts cut at every semicolon, and the type it cannot name. */
function mend(
  adapter: SqlDriverAdapter,
  pool: Pool,
  onScriptError: (error: unknown) => void,
): SqlDriverAdapter {
  // Both are hidden by the type: the one place that every query goes through, and the one that names errors.
  const mended = adapter as Adapter;
  const perform = mended.performIO.bind(mended);
  const queryRaw = mended.queryRaw.bind(mended);
  const characters = new WeakMap<SqlQuery, boolean[]>();
  mended.performIO = async (query) => {
    const result = await perform(query);
    const areCharacters = result.fields.map(({ dataTypeID }) => dataTypeID === oid.char);
    characters.set(query, areCharacters);
    for (const [index, field] of result.fields.entries()) {
      if (areCharacters[index]) field.dataTypeID = oid.text;
    }
    return result;
  };
  mended.queryRaw = async (query) => {
    const result = await queryRaw(query);
    // Set by `performIO`, which the adapter's own `queryRaw` goes through.
    const areCharacters = characters.get(query) as boolean[];
    const columnTypes = result.columnTypes.map((type, index) =>
      areCharacters[index] ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  mended.executeScript = async (script) => {
    await runScript(pool, script).catch((error: unknown) => {
      onScriptError(error);
      mended.onError(error);
    });
  };
  return mended;
}

export type EngineTarget = {
  /** Of the schema's owner. */
  readonly url: string;
  readonly schema: string;
  /** Told what PostgreSQL said of a script; the engine passes on only its text. */
  readonly onScriptError?: (error: unknown) => void;
};

/** Prisma's schema engine on one database, in this process and without its native binary. */
export async function withSchemaEngine<T>(
  target: EngineTarget,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  glue ??= loadEngine();
  const { SchemaEngine: Engine } = await glue;
  const pool = new Pool({ connectionString: target.url, max: 2, application_name: 'migrate' });
  const connect = async () =>
    mend(
      await new PrismaPg(pool, { schema: target.schema }).connect(),
      pool,
      target.onScriptError ?? (() => undefined),
    );
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect,
    // Only a comparison asks for a shadow database, and it is given an empty one to begin with.
    connectToShadowDb: connect,
  });
  try {
    const engine = await Engine.new({ datamodels: undefined }, () => undefined, factory);
    const result = await work(engine);
    engine.free();
    return result;
  } finally {
    await pool.end();
  }
}

/** A service's migrations as the engine reads them. */
export function readMigrations(directory: string): MigrationList {
  const lockfile = join(directory, 'migration_lock.toml');
  const names = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  return {
    baseDir: directory,
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: names.toSorted().map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok',
          value: readFileSync(join(directory, path, 'migration.sql'), 'utf8'),
        },
      },
    })),
  };
}

/**
 * The SQL that would bring what the migrations make in line with `schemaFile`; empty when they agree.
 * Runs the migrations, so `target` must be a database with the schema's roles and nothing in it.
 */
export async function schemaDrift(
  target: EngineTarget & { readonly directory: string; readonly schemaFile: string },
): Promise<string> {
  const { stdout } = await withSchemaEngine(target, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...readMigrations(target.directory) },
      to: {
        tag: 'schemaDatamodel',
        files: [{ path: target.schemaFile, content: readFileSync(target.schemaFile, 'utf8') }],
      },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return String(stdout)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}
