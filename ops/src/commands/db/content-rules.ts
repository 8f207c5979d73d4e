import type { Finding } from './finding.ts';
import { createdTables, type Migration } from './migration.ts';

/** Prisma sorts and names migrations by this. */
export function named({ name, path }: Migration): Finding[] {
  if (/^\d{14}_[a-z][a-z0-9_]*$/.test(name)) return [];
  return [
    {
      rule: 'named',
      path,
      line: 1,
      reason: `${name} does not say when it was made and what it does`,
      fix: 'name the folder <yyyymmddhhmmss>_<verb>_<what>, for example 20251201090000_add_flow_owner',
    },
  ];
}

function createTable(migration: Migration, table: string) {
  return migration.statements.find(({ text }) =>
    new RegExp(`^create (unlogged )?table (if not exists )?${table}\\b`).test(text),
  );
}

const tenantScope = /tenant_id = current_setting\('app\.tenant_id', true\)/g;

/** Two walls: the store's scope and the database. A table without the second shows every tenant's rows. */
export function rowSecurity(migration: Migration): Finding[] {
  const { path, statements } = migration;
  return [...createdTables(migration)].flatMap((table) => {
    const created = createTable(migration, table);
    const at = { path, line: created?.line ?? 1 };
    if (created?.text.includes('tenant_id') !== true) {
      return [
        {
          ...at,
          rule: 'tenant-id',
          reason: `Table ${table} has no tenant_id, so its rows belong to nobody`,
          fix: 'add tenant_id TEXT NOT NULL to the table',
        },
      ];
    }
    const enabled = statements.some(({ text }) =>
      new RegExp(`^alter table (only )?${table} enable row level security$`).test(text),
    );
    const scoped = statements.some(
      ({ withLiterals }) =>
        new RegExp(`^create policy \\w+ on ${table} using`).test(withLiterals) &&
        withLiterals.match(tenantScope)?.length === 2,
    );
    if (enabled && scoped) return [];
    return [
      {
        ...at,
        rule: 'row-security',
        reason: `Table ${table} does not keep tenants apart by row-level security`,
        fix: `enable row level security on ${table} and create its policy tenant_scope with USING and WITH CHECK, as packages/runtime/src/database/README.md shows`,
      },
    ];
  });
}

/** What protects rows is never taken away, not even with a release that is ready for it. */
export function rowSecurityKept({ path, statements }: Migration): Finding[] {
  return statements
    .filter(({ text }) => /^alter table .*\b(disable|no force) row level security\b/.test(text))
    .map(({ line }) => ({
      rule: 'row-security-kept',
      path,
      line,
      reason: 'Every tenant would see the rows of all others',
      fix: 'leave row-level security on; look-ups across tenants are SECURITY DEFINER functions',
    }));
}

/** Such a function runs with its owner's rights: whoever chooses the search path chooses what it runs. */
export function definerSearchPath({ path, statements }: Migration): Finding[] {
  return statements
    .filter(
      ({ text }) =>
        /^create (or replace )?(function|procedure) /.test(text) &&
        text.includes('security definer') &&
        !/\bset search_path (=|to) [\w, ]*\bpg_temp\b/.test(text),
    )
    .map(({ line }) => ({
      rule: 'definer-search-path',
      path,
      line,
      reason: 'A SECURITY DEFINER function without a search path can be made to run foreign code',
      fix: 'add SET search_path = <schema>, pg_temp',
    }));
}

/** A block hides from every rule what it does. */
export function noHiddenStatements({ path, statements }: Migration): Finding[] {
  return statements
    .filter(({ text }) => /^(do|call|execute|copy)\b/.test(text))
    .map(({ line }) => ({
      rule: 'no-hidden-statements',
      path,
      line,
      reason: 'What this statement does cannot be read from it, so no rule can judge it',
      fix: 'write the statements themselves',
    }));
}
