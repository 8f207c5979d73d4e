import { withClient } from '../check-readable.ts';

/** A statement about the data that must hold whatever happened, with the number that says so. */
export type Check = { readonly what: string; readonly found: number; readonly expected: number };

export type StoredData = {
  /** Calls whose webhooks the database holds. */
  readonly calls: ReadonlySet<string>;
  readonly checks: readonly Check[];
};

/** Tables of every schema with the tenant that each row belongs to. */
const tenantTables = `
  select format('%I.%I', table_schema, table_name) as name from information_schema.columns
  where column_name = 'tenant_id' and table_schema !~ '^pg_' order by 1`;

export async function countTenants(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int as count from iam.tenant',
    );
    return Number(rows[0]?.count);
  });
}

/** Reads the recovered database as the superuser, who is bound by no tenant's scope. */
export async function readStoredData(databaseUrl: string, tenants: number): Promise<StoredData> {
  return withClient(databaseUrl, async (client) => {
    const count = async (sql: string) =>
      Number((await client.query<{ count: string }>(`select count(*) from ${sql}`)).rows[0]?.count);
    const calls = await client.query<{ call: string }>(
      `select split_part(dedupe_key, ':', 1) as call from ingress.delivery`,
    );
    const tables = await client.query<{ name: string }>(tenantTables);
    let orphans = 0;
    for (const { name } of tables.rows) {
      orphans += await count(
        `${name} as row where not exists (select from iam.tenant where tenant.tenant_id = row.tenant_id)`,
      );
    }
    return {
      calls: new Set(calls.rows.map(({ call }) => call)),
      checks: [
        {
          what: 'ledger entries that do not sum to zero',
          found: await count(
            `(select from payments.ledger_posting group by entry_id, currency having sum(nanos) <> 0) as entry`,
          ),
          expected: 0,
        },
        {
          what: 'ledger entries without two postings',
          found: await count(
            `payments.ledger_entry as entry where (select count(*) from payments.ledger_posting where entry_id = entry.id) <> 2`,
          ),
          expected: 0,
        },
        { what: 'tenants', found: await count('iam.tenant'), expected: tenants },
        { what: 'rows of a tenant that does not exist', found: orphans, expected: 0 },
        {
          what: 'webhooks stored more than once',
          found: calls.rows.length - new Set(calls.rows.map(({ call }) => call)).size,
          expected: 0,
        },
      ],
    };
  });
}
