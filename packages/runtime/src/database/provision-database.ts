import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export type SchemaRoles = {
  readonly schema: string;
  readonly ownerRole: string;
  readonly ownerPassword: string;
  readonly appRole: string;
  readonly appPassword: string;
};

/** A database of somebody else's making, with one role that owns it and reaches no other. */
export type OwnedDatabase = {
  readonly database: string;
  readonly role: string;
  readonly password: string;
};

const name = escapeIdentifier;

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function createRoleSql(role: string): string {
  return `
    do $$ begin
      if not exists (select from pg_roles where rolname = ${escapeLiteral(role)}) then
        create role ${name(role)};
      end if;
    end $$;`;
}

function roleSql(role: string, password: string, schema: string): string {
  return `
    ${createRoleSql(role)}
    alter role ${name(role)} with login nobypassrls noinherit password ${escapeLiteral(password)};
    alter role ${name(role)} set search_path = ${name(schema)};`;
}

/**
 * How a service's role works. Each statement is planned anew, for the tenant it is of and for the table as it is: a plan
 * that a connection keeps would be right for the first of them only (decision 33).
 */
const appRoleSettings = {
  lock_timeout: '5s',
  statement_timeout: '15s',
  idle_in_transaction_session_timeout: '30s',
  plan_cache_mode: 'force_custom_plan',
};

export function appRoleSettingsSql(role: string): string {
  return Object.entries(appRoleSettings)
    .map(([setting, value]) => `alter role ${name(role)} set ${setting} = '${value}';`)
    .join('\n');
}

function schemaSql({ schema, ownerRole, appRole }: SchemaRoles): string {
  const [inSchema, owner, app] = [name(schema), name(ownerRole), name(appRole)];
  return `
    grant ${owner} to current_user;
    create schema if not exists ${inSchema} authorization ${owner};
    revoke all on schema ${inSchema} from public;
    grant usage on schema ${inSchema} to ${app};
    alter default privileges for role ${owner} revoke execute on functions from public;
    alter default privileges for role ${owner} in schema ${inSchema}
      grant select, insert, update, delete on tables to ${app};
    alter default privileges for role ${owner} in schema ${inSchema} grant usage on sequences to ${app};
    alter default privileges for role ${owner} in schema ${inSchema} grant execute on functions to ${app};`;
}

async function createDatabase(admin: Client, database: string): Promise<void> {
  const found = await admin.query('select from pg_database where datname = $1', [database]);
  if (found.rowCount === 0) await admin.query(`create database ${name(database)}`);
  await admin.query(`revoke all on database ${name(database)} from public`);
}

/** More connections than n8n's own pool asks for, and too few to starve the platform. */
const ownerConnections = 20;

async function provisionOwned(admin: Client, owned: OwnedDatabase): Promise<void> {
  const [database, role] = [name(owned.database), name(owned.role)];
  await admin.query(`
    ${createRoleSql(owned.role)}
    alter role ${role} with login nocreatedb nocreaterole nobypassrls noinherit
      connection limit ${ownerConnections} password ${escapeLiteral(owned.password)};
    grant ${role} to current_user;`);
  await createDatabase(admin, owned.database);
  await admin.query(`alter database ${database} owner to ${role}`);
}

/**
 * Creates the database, and in it each service's schema with its two roles, and the databases others own, or
 * brings what is there in line, passwords included. Run again it changes nothing. `adminUrl` must be allowed to create both.
 */
export async function provisionDatabase(options: {
  readonly adminUrl: string;
  readonly database: string;
  readonly schemas: readonly SchemaRoles[];
  readonly owned?: readonly OwnedDatabase[];
}): Promise<void> {
  const { adminUrl, database, schemas, owned = [] } = options;
  await connected(adminUrl, async (admin) => {
    // Held until the connection closes: roles belong to the whole cluster and two runners would collide.
    await admin.query(`select pg_advisory_lock(hashtextextended('provision-database', 0))`);
    await createDatabase(admin, database);
    for (const one of owned) await provisionOwned(admin, one);
    for (const roles of schemas) {
      const { schema, ownerRole, ownerPassword, appRole, appPassword } = roles;
      await admin.query(`
        ${roleSql(ownerRole, ownerPassword, schema)}
        ${roleSql(appRole, appPassword, schema)}
        alter role ${name(ownerRole)} set lock_timeout = '30s';
        ${appRoleSettingsSql(appRole)}
        grant connect, temporary on database ${name(database)} to ${name(ownerRole)};
        grant connect on database ${name(database)} to ${name(appRole)};`);
    }
    const inside = new URL(adminUrl);
    inside.pathname = `/${encodeURIComponent(database)}`;
    await connected(inside.href, async (client) => {
      await client.query('revoke all on schema public from public');
      for (const roles of schemas) await client.query(schemaSql(roles));
    });
  });
}
