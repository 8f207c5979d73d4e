import { deployables } from '../../development-plan.ts';
import {
  databasePassword,
  databaseRole,
  environmentPrefix,
  schemaOf,
  type SecretName,
} from '../../model/index.ts';
import { databaseUrl, plainSecrets } from '../../process-environment.ts';
import {
  composeVariables,
  composeWiring,
  holdsSecret,
  markedSecrets,
  pgbouncerAddress,
  postgresAddress,
} from './compose-wiring.ts';
import { migrationName, provisioning, statefulServices } from './database-services.ts';

/** `<container>/<variable>` in the folder of secrets. */
export type SecretFile = { readonly path: string; readonly content: string };

type SecretSource = (name: SecretName) => string;

const schemas = Object.values(schemaOf);

function ofProcesses(secret: SecretSource, databaseHost: string): SecretFile[] {
  const wiring = composeWiring(plainSecrets(secret), databaseHost);
  const marked = composeWiring(markedSecrets, databaseHost);
  return deployables.flatMap((deployable) => {
    const values = composeVariables(deployable, wiring);
    return Object.entries(composeVariables(deployable, marked))
      .filter(([, value]) => holdsSecret(value))
      .map(([name]) => ({ path: `${deployable.name}/${name}`, content: String(values[name]) }));
  });
}

function ofProvisioning(secret: SecretSource): SecretFile[] {
  const password = encodeURIComponent(secret('postgres-admin-password'));
  const roles = schemas.map((schema) => ({
    schema,
    ownerRole: databaseRole(schema, 'owner'),
    ownerPassword: secret(databasePassword(schema, 'owner')),
    appRole: databaseRole(schema, 'app'),
    appPassword: secret(databasePassword(schema, 'app')),
  }));
  return [
    {
      path: `${provisioning}/PROVISION_ADMIN_URL`,
      content: `postgres://postgres:${password}@${postgresAddress}/postgres`,
    },
    { path: `${provisioning}/PROVISION_SCHEMAS`, content: JSON.stringify(roles) },
  ];
}

function ofMigrations(secret: SecretSource): SecretFile[] {
  const wiring = composeWiring(plainSecrets(secret), postgresAddress);
  return statefulServices.map((service) => ({
    path: `${migrationName(service)}/${environmentPrefix(service)}_OWNER_DATABASE_URL`,
    content: databaseUrl(wiring, schemaOf[service as keyof typeof schemaOf], 'owner'),
  }));
}

function ofOthers(secret: SecretSource): SecretFile[] {
  const admin = secret('postgres-admin-password');
  const users = schemas.map(
    (schema) => `"${databaseRole(schema, 'app')}" "${secret(databasePassword(schema, 'app'))}"\n`,
  );
  return [
    { path: 'postgres/POSTGRES_PASSWORD', content: admin },
    { path: 'pgbouncer/userlist.txt', content: users.join('') },
    { path: 'n8n/POSTGRES_PASSWORD', content: admin },
    { path: 'n8n/DB_POSTGRESDB_PASSWORD', content: secret('n8n-database-password') },
    { path: 'n8n/N8N_ENCRYPTION_KEY', content: secret('n8n-encryption-key') },
  ];
}

/** Every secret of every container, each for the one that reads it. With `pooled` they connect through PgBouncer. */
export function composeSecretFiles(secret: SecretSource, pooled: boolean): readonly SecretFile[] {
  return [
    ...ofProcesses(secret, pooled ? pgbouncerAddress : postgresAddress),
    ...ofProvisioning(secret),
    ...ofMigrations(secret),
    ...ofOthers(secret),
  ];
}
