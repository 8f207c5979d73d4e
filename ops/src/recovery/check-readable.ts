import { Client, DatabaseError } from 'pg';

/** A table that cannot be read to its end, with what PostgreSQL says of it. */
export type UnreadableTable = { readonly table: string; readonly reason: string };

/** PostgreSQL's classes for data it does not believe (XX) and files it cannot read (58). */
const unreadableCode = /^(XX|58)/;

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

export type Reading = {
  readonly unreadable: readonly UnreadableTable[];
  /** Tables that a transaction under way holds for itself; in a paused recovery it never ends. */
  readonly locked: readonly string[];
};

const lockedCode = '55P03';
const everyTable = `
  select format('%I.%I', relnamespace::regnamespace::text, relname) as name from pg_class
  where relkind = 'r' and relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
  order by 1`;

/** Reads every row of these tables, or of all, so that each page's checksum is compared. */
export async function readTables(url: string, names?: readonly string[]): Promise<Reading> {
  return withClient(url, async (client) => {
    await client.query(`set lock_timeout = '1s'`);
    const { rows } = await client.query<{ name: string }>(everyTable);
    const unreadable: UnreadableTable[] = [];
    const locked: string[] = [];
    for (const { name } of rows.filter((row) => names?.includes(row.name) !== false)) {
      try {
        await client.query(`select count(*) from ${name}`);
      } catch (error) {
        const code = error instanceof DatabaseError ? String(error.code) : '';
        if (code === lockedCode) locked.push(name);
        else if (error instanceof Error && unreadableCode.test(code)) {
          unreadable.push({ table: name, reason: error.message });
        } else throw error;
      }
    }
    return { unreadable, locked };
  });
}
