import { Client, DatabaseError, escapeIdentifier } from 'pg';

/** A table that cannot be read to its end, with what PostgreSQL says of it. */
export type UnreadableTable = { readonly table: string; readonly reason: string };

/** PostgreSQL's classes for data it does not believe (XX) and files it cannot read (58). */
const unreadable = /^(XX|58)/;

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away between two statements is reported by the next one.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Reads every row of every table, so that each page's checksum is compared. */
export async function unreadableTables(url: string): Promise<readonly UnreadableTable[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ schema: string; name: string }>(
      `select relnamespace::regnamespace::text as schema, relname as name from pg_class
       where relkind = 'r' and relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
       order by 1, 2`,
    );
    const found: UnreadableTable[] = [];
    for (const { schema, name } of rows) {
      const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
      try {
        await client.query(`select count(*) from ${table}`);
      } catch (error) {
        if (!(error instanceof DatabaseError) || !unreadable.test(String(error.code))) throw error;
        found.push({ table: `${schema}.${name}`, reason: error.message });
      }
    }
    return found;
  });
}
