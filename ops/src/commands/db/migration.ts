import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitStatements, type Statement } from './split-statements.ts';

export type Migration = {
  /** Its folder: `20251020000000_init`. */
  readonly name: string;
  /** Of `migration.sql`, from the folder the migrations were looked for in. */
  readonly path: string;
  readonly sql: string;
  /** SHA-256 of the script, in hexadecimal. */
  readonly sha256: string;
  readonly statements: readonly Statement[];
};

const concurrently = /^(create (unique )?index|drop index|reindex\b.*|refresh .*) concurrently\b/;

/** Whether a statement refuses to run inside a transaction. */
export function runsConcurrently({ text }: Statement): boolean {
  return concurrently.test(text);
}

/** The tables a script makes itself: nothing that runs knows them yet. */
export function createdTables({ statements }: Migration): ReadonlySet<string> {
  return new Set(
    statements.flatMap(({ text }) => {
      const made = /^create (?:unlogged )?table (?:if not exists )?([\w.]+)/.exec(text);
      return made?.[1] === undefined ? [] : [made[1]];
    }),
  );
}

/** Every migration of one `db/migrations` folder, oldest first; `shownAs` begins their paths. */
export function readMigrationFolder(directory: string, shownAs = directory): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const sql = readFileSync(join(directory, name, 'migration.sql'), 'utf8');
      return {
        name,
        path: `${shownAs}/${name}/migration.sql`,
        sql,
        sha256: createHash('sha256').update(sql).digest('hex'),
        statements: splitStatements(sql),
      };
    });
}

export type MigrationFolder = { readonly service: string; readonly migrations: Migration[] };

/** The migrations of every service of a checkout. */
export function readServiceMigrations(root: string): MigrationFolder[] {
  return readdirSync(join(root, 'services'))
    .toSorted()
    .flatMap((service) => {
      const shownAs = `services/${service}/db/migrations`;
      const directory = join(root, shownAs);
      if (!existsSync(directory)) return [];
      return [{ service, migrations: readMigrationFolder(directory, shownAs) }];
    });
}
