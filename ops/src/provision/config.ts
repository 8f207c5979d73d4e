import { ConfigError, loadConfig } from '@maxai/runtime/config';
import type { OwnedDatabase, SchemaRoles } from '@maxai/runtime/database';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const settings = Type.Object({
  adminUrl: Type.String({
    description: 'PostgreSQL as a role that may create databases and roles',
  }),
  database: Type.String({ minLength: 1, description: 'The database all schemas are in' }),
  schemas: Type.String({ description: 'JSON list of schemas with both roles and passwords' }),
  owned: Type.String({
    default: '[]',
    description: 'JSON list of databases that belong to others, each with its role and password',
  }),
});

const role = Type.String({ minLength: 1 });
const schemaList = Type.Array(
  Type.Object({
    schema: role,
    ownerRole: role,
    ownerPassword: role,
    appRole: role,
    appPassword: role,
  }),
  { minItems: 1 },
);

const ownedList = Type.Array(Type.Object({ database: role, role, password: role }));

export type ProvisionConfig = {
  readonly adminUrl: string;
  readonly database: string;
  readonly schemas: readonly SchemaRoles[];
  readonly owned: readonly OwnedDatabase[];
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the `PROVISION_*` variables; throws `ConfigError` with whatever is missing or wrong. */
export function loadProvisionConfig(
  env: Readonly<Record<string, string | undefined>>,
): ProvisionConfig {
  const { schemas: text, owned: others, ...config } = loadConfig('PROVISION', settings, env);
  const schemas = parse(text);
  const owned = parse(others);
  if (!Value.Check(schemaList, schemas)) {
    throw new ConfigError([
      'PROVISION_SCHEMAS is no JSON list of schema, ownerRole, ownerPassword, appRole, appPassword',
    ]);
  }
  if (!Value.Check(ownedList, owned)) {
    throw new ConfigError(['PROVISION_OWNED is no JSON list of database, role, password']);
  }
  return { ...config, schemas, owned };
}
