import {
  callerName,
  databasePassword,
  identitySecret,
  type Platform,
  type SecretName,
  type Settings,
} from './model/index.ts';

function named(settings: Settings): SecretName[] {
  return Object.values(settings).flatMap((setting) =>
    setting.kind === 'secret' ? [setting.name] : [],
  );
}

/** Who reads each secret, from the settings, edges and schemas that name it. */
export function secretReaders(platform: Platform): ReadonlyMap<SecretName, readonly string[]> {
  const readers = new Map<SecretName, string[]>();
  const read = (secret: SecretName, reader: string) =>
    readers.set(secret, [...new Set([...(readers.get(secret) ?? []), reader])]);
  const backends = [...platform.services, ...platform.workers];
  for (const { name, settings } of [...backends, platform.sandbox, platform.edge]) {
    for (const secret of named(settings)) read(secret, name);
  }
  for (const backend of backends) {
    if (backend.calls.length > 0) read(identitySecret(callerName(backend)), backend.name);
    if (backend.usesCache) read('redis-cache-password', backend.name);
    if (backend.kind === 'worker' || backend.usesQueue) read('redis-queue-password', backend.name);
  }
  for (const { name, database } of platform.services) {
    if (database !== null) {
      const worker = platform.workers.find(({ service }) => service === name);
      const atRunTime = [name, ...(worker === undefined ? [] : [worker.name]), 'pgbouncer'];
      for (const reader of [...atRunTime, 'provisioning']) {
        read(databasePassword(database.schema, 'app'), reader);
      }
      read(databasePassword(database.schema, 'owner'), `migrations of ${name}`);
      read(databasePassword(database.schema, 'owner'), 'provisioning');
      read('postgres-admin-password', 'provisioning');
    }
  }
  read('alerting-pagerduty-key', 'alerting');
  read('alerting-slack-url', 'alerting');
  read('n8n-database-password', 'n8n');
  read('n8n-database-password', 'provisioning');
  read('n8n-encryption-key', 'n8n');
  if (platform.environments.some((environment) => environment.operatorCalls.length > 0)) {
    read(identitySecret('maxai-ops'), 'maxai-ops (development)');
  }
  return readers;
}
