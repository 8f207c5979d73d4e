import { sql, type RawBuilder, type SqlBool } from 'kysely';

/**
 * A condition on a value, if there is one; without it the statement says nothing of it. So every statement is planned for
 * what it asks: `$1 is null or …` keeps the server from using an index once it keeps the plan.
 */
export function given<Value>(
  value: Value | null | undefined,
  condition: (value: Value) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  return value === null || value === undefined ? sql<SqlBool>`true` : condition(value);
}

/** The rows whose column has the value, or all of them without one. */
export function equals(column: string, value: string | null | undefined): RawBuilder<SqlBool> {
  return given(value, (wanted) => sql<SqlBool>`${sql.ref(column)} = ${wanted}`);
}

/** The rows whose column names one of the clients in sight. */
export function isVisible(column: string, visible: 'all' | readonly string[]): RawBuilder<SqlBool> {
  return given(
    visible === 'all' ? null : visible,
    (some) => sql<SqlBool>`${sql.ref(column)} = any(${some}::text[])`,
  );
}

/** The rows older than the last one shown: ids sort by the time they were made. */
export function isOlder(column: string, cursor: string | undefined): RawBuilder<SqlBool> {
  return given(cursor, (last) => sql<SqlBool>`${sql.ref(column)} < ${last}`);
}
