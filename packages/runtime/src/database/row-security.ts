import { Client } from 'pg';

/**
 * The tables of the connection's schema that row-level security does not protect with a policy on
 * `app.tenant_id`. Must be empty for every service; Prisma's history table is nobody's data.
 */
export async function tablesWithoutRowSecurity(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ relname: string }>(`
      select relname from pg_class
      where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
        and relname <> '_prisma_migrations'
        and not (relrowsecurity and exists (
          select from pg_policy where polrelid = pg_class.oid
            and pg_get_expr(polqual, polrelid) like '%app.tenant_id%'
            and pg_get_expr(polwithcheck, polrelid) like '%app.tenant_id%'
        ))
      order by relname`);
    return rows.map((row) => row.relname);
  } finally {
    await client.end();
  }
}
