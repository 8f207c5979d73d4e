import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** The rows whose column names a client the caller may see. */
export function isVisible(column: string, visible: 'all' | readonly string[]): RawBuilder<SqlBool> {
  const some = visible === 'all' ? null : visible;
  return sql<SqlBool>`(${some}::text[] is null or ${sql.ref(column)} = any(${some}::text[]))`;
}

/** The rows older than the last one shown: ids sort by the time they were made. */
export function isOlder(column: string, cursor: string | undefined): RawBuilder<SqlBool> {
  const last = cursor ?? null;
  return sql<SqlBool>`(${last}::text is null or ${sql.ref(column)} < ${last})`;
}
