import * as dns from '@pulumi/gcp/dns/index.js';
import * as secretmanager from '@pulumi/gcp/secretmanager/index.js';
import * as sql from '@pulumi/gcp/sql/index.js';
import { dataHost } from '@maxai/topology/render/kubernetes/platform-components';
import { required } from '@maxai/topology/required';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';
import type { SecretVault } from './secrets.ts';
import { createWeeklyBackup } from './weekly-backup.ts';

function instanceSettings(stack: GcpStack, { vpc, storeRange }: Network) {
  const { environment, sizing, labels } = stack;
  const { storageGb, storageAutoResize, highAvailability, pooledConnections } =
    environment.postgres;
  const connections = required(pooledConnections, `${environment.name} pools no connections`).max;
  return {
    edition: 'ENTERPRISE',
    tier: sizing.postgres.type,
    availabilityType: highAvailability === 'none' ? 'ZONAL' : 'REGIONAL',
    diskType: 'PD_SSD',
    diskSize: required(storageGb, `${environment.name}.postgres.storageGb is null`),
    diskAutoresize: storageAutoResize,
    deletionProtectionEnabled: stack.protected,
    userLabels: labels(),
    ipConfiguration: {
      ipv4Enabled: false,
      privateNetwork: vpc.id,
      allocatedIpRange: storeRange('postgres').name,
      sslMode: 'ENCRYPTED_ONLY',
    },
    databaseFlags: [
      // The pooler's most, and as many again for migrations, provisioning, n8n and repairs.
      { name: 'max_connections', value: String(2 * connections) },
      { name: 'log_min_duration_statement', value: '1000' },
      { name: 'log_lock_waits', value: 'on' },
      { name: 'log_connections', value: 'on' },
    ],
    insightsConfig: { queryInsightsEnabled: true, recordApplicationTags: true },
  };
}

/** A second region's copy, seconds behind; failing over to it is a person's decision. */
function createReplica(
  stack: GcpStack,
  primary: sql.DatabaseInstance,
  settings: ReturnType<typeof instanceSettings>,
) {
  return new sql.DatabaseInstance(
    'postgres-replica',
    {
      name: `maxai-${stack.environment.shortName}-replica`,
      region: stack.target.secondaryRegion,
      databaseVersion: 'POSTGRES_18',
      masterInstanceName: primary.name,
      instanceType: 'READ_REPLICA_INSTANCE',
      deletionProtection: stack.protected,
      settings: { ...settings, availabilityType: 'ZONAL' },
    },
    { ...stack.within, protect: stack.protected },
  );
}

/** PostgreSQL as the environment states it, its copy in another region, its private name. */
export function createPostgres(
  stack: GcpStack,
  network: Network,
  zone: dns.ManagedZone,
  vault: SecretVault,
) {
  const { environment, target, within } = stack;
  const backups = required(
    environment.postgres.backups,
    `${environment.name} keeps no backups: say how long in topology/src/environments/${environment.name}.ts`,
  );
  const settings = instanceSettings(stack, network);
  const primary = new sql.DatabaseInstance(
    'postgres',
    {
      name: `maxai-${environment.shortName}`,
      region: target.region,
      databaseVersion: 'POSTGRES_18',
      rootPassword: stack.settings.postgresAdminPassword,
      deletionProtection: stack.protected,
      settings: {
        ...settings,
        locationPreference: { zone: target.zones[0] },
        maintenanceWindow: { day: 7, hour: 7, updateTrack: 'stable' },
        backupConfiguration: {
          enabled: true,
          startTime: '05:00',
          backupRetentionSettings: {
            retentionUnit: 'COUNT',
            retainedBackups: backups.dailyRetentionDays,
          },
          pointInTimeRecoveryEnabled: true,
          transactionLogRetentionDays: backups.pointInTimeRecoveryDays,
        },
      },
    },
    { ...within, protect: stack.protected, dependsOn: [network.peering] },
  );
  new secretmanager.SecretVersion(
    'postgres-admin-password',
    {
      secret: vault.secret('postgres-admin-password').id,
      secretData: stack.settings.postgresAdminPassword,
    },
    within,
  );
  new sql.Database(
    'platform',
    { name: environment.postgres.database, instance: primary.name },
    { ...within, protect: stack.protected },
  );
  new dns.RecordSet(
    'postgres',
    {
      managedZone: zone.name,
      name: `${dataHost(environment, 'postgres')}.`,
      type: 'A',
      ttl: 60,
      rrdatas: [primary.privateIpAddress],
    },
    within,
  );
  if (environment.recovery !== null) createReplica(stack, primary, settings);
  createWeeklyBackup(stack, primary, backups.weeklyRetentionDays);
  return primary;
}
