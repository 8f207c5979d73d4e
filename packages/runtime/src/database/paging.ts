import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { equals, isOlder, isVisible } from './conditions.ts';

/** What a list may show and where it goes on. Ids sort by creation time, so the last id shown is the cursor. */
export type ListScope = {
  readonly visible: 'all' | readonly string[];
  readonly clientId: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
};

export type Paging = {
  readonly clientId?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
};

export function listScope(visible: 'all' | readonly string[], paging: Paging): ListScope {
  return { visible, clientId: paging.clientId, cursor: paging.cursor, limit: paging.limit ?? 50 };
}

/** The rows of `table` (which has `id` and `client_id`) that the scope shows, after its cursor. */
export function inScope(table: string, scope: ListScope): RawBuilder<SqlBool> {
  const client = `${table}.client_id`;
  return sql<SqlBool>`${isVisible(client, scope.visible)} and ${equals(client, scope.clientId)}
    and ${isOlder(`${table}.id`, scope.cursor)}`;
}

/** A page and one row more. A literal: with a parameter a kept plan would be made for a tenth of the table. */
export function pageRows(scope: ListScope): RawBuilder<number> {
  return sql.lit(scope.limit + 1);
}

/** One page out of up to `limit + 1` rows, newest first. */
export function pageOf<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  scope: ListScope,
  toWire: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, scope.limit);
  const last = rows.length > scope.limit ? shown.at(-1) : undefined;
  return { items: shown.map(toWire), nextCursor: last?.id ?? null };
}
