import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** The catalogue's one-byte `"char"`, which the adapter cannot name, read as text of fixed length. */
const oid = { char: 18, bpchar: 1042 } as const;

type Glue = {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

let glue: Promise<Glue> | undefined;

async function loadEngine(): Promise<Glue> {
  const entry = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  // The package's bindings; its own entry point imports WebAssembly as a module, which needs a flag.
  const bindings = (await import(entry)) as Glue & WebAssembly.ModuleImports;
  const bytes = readFileSync(join(dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  // Exported by every module that wasm-bindgen builds.
  (instance.exports['__wbindgen_start'] as () => void)();
  return bindings;
}

/** What the adapter says of a query's result, before it looks up the types. */
type RawResult = { readonly fields: { dataTypeID: number }[] };
type Adapter = SqlDriverAdapter & {
  performIO(query: unknown): Promise<RawResult>;
  onError(error: unknown): never;
};

/** Mends two faults of the adapter: scripts cut at every semicolon, and the type it cannot name. */
function mend(adapter: SqlDriverAdapter, pool: pg.Pool): SqlDriverAdapter {
  // Both are hidden by the type: the one place that every query goes through, and the one that names errors.
  const mended = adapter as Adapter;
  const perform = mended.performIO.bind(mended);
  mended.performIO = async (query) => {
    const result = await perform(query);
    for (const field of result.fields) {
      if (field.dataTypeID === oid.char) field.dataTypeID = oid.bpchar;
    }
    return result;
  };
  mended.executeScript = async (script) => {
    await pool.query(script).catch((error: unknown) => mended.onError(error));
  };
  return mended;
}

async function connect(url: string, schema: string): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'migrate' });
  return mend(await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect(), pool);
}

export type EngineTarget = {
  /** Of the schema's owner. */
  readonly url: string;
  readonly schema: string;
};

/** Prisma's schema engine on one database, in this process and without its native binary. */
export async function withSchemaEngine<T>(
  target: EngineTarget,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  glue ??= loadEngine();
  const { SchemaEngine: Engine } = await glue;
  const opened: SqlDriverAdapter[] = [];
  const open = async () => {
    const adapter = await connect(target.url, target.schema);
    opened.push(adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: open,
    // Only a comparison asks for a shadow database, and it is given an empty one to begin with.
    connectToShadowDb: open,
  });
  const engine = await Engine.new({ datamodels: undefined }, () => undefined, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await Promise.all(opened.map((adapter) => adapter.dispose()));
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
