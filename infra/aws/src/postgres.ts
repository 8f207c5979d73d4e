import * as rds from '@pulumi/aws/rds/index.js';
import * as route53 from '@pulumi/aws/route53/index.js';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { dataHost } from '@maxai/topology/render/kubernetes/platform-components';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import { createBackupPlan } from './backup-plan.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createSecurityGroup } from './security-group.ts';
import type { SecretVault } from './secrets.ts';

function parameters({ environment, within, tags }: AwsStack): rds.ParameterGroup {
  const connections = required(
    environment.postgres.pooledConnections,
    `${environment.name} pools no connections`,
  ).max;
  return new rds.ParameterGroup(
    'postgres',
    {
      family: 'postgres18',
      description: 'MaxAI',
      parameters: [
        { name: 'rds.force_ssl', value: '1' },
        // The pooler's most, and as many again for migrations, provisioning, n8n and repairs.
        { name: 'max_connections', value: String(2 * connections), applyMethod: 'pending-reboot' },
        { name: 'log_min_duration_statement', value: '1000' },
        { name: 'log_lock_waits', value: '1' },
        { name: 'log_connections', value: '1' },
      ],
      tags: tags(),
    },
    within,
  );
}

/** PostgreSQL as the environment states it, its backups in another region, its private name. */
export function createPostgres(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  zone: route53.Zone,
  vault: SecretVault,
): rds.Instance {
  const { environment, target, sizing, settings, within, tags } = stack;
  const { postgres } = environment;
  const backups = required(
    postgres.backups,
    `${environment.name} keeps no backups: say how long in topology/src/environments/${environment.name}.ts`,
  );
  const storageGb = required(postgres.storageGb, `${environment.name}.postgres.storageGb is null`);
  const group = new rds.SubnetGroup(
    'postgres',
    { subnetIds: network.store('postgres').map(({ id }) => id), tags: tags() },
    within,
  );
  const wall = createSecurityGroup(stack, network, 'postgres', {
    ingress: [
      {
        port: postgres.port,
        cidrs: [
          ...network.nodes.map(({ cidrBlock }) => cidrBlock),
          ...network.store('n8n').map(({ cidrBlock }) => cidrBlock),
        ].map((cidr) => cidr.apply(String)),
      },
    ],
    talks: false,
  });
  const server = new rds.Instance(
    'postgres',
    {
      identifier: `maxai-${environment.shortName}`,
      engine: 'postgres',
      engineVersion: '18',
      instanceClass: sizing.postgres.type,
      dbName: postgres.database,
      username: 'postgres',
      password: settings.postgresAdminPassword,
      port: postgres.port,
      allocatedStorage: storageGb,
      // RDS grows the disk by itself up to this.
      ...(postgres.storageAutoResize ? { maxAllocatedStorage: 4 * storageGb } : {}),
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: keys.key.arn,
      multiAz: postgres.highAvailability !== 'none',
      ...(postgres.highAvailability === 'none' ? { availabilityZone: target.zones[0] } : {}),
      dbSubnetGroupName: group.name,
      vpcSecurityGroupIds: [wall.id],
      publiclyAccessible: false,
      parameterGroupName: parameters(stack).name,
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      // RDS keeps every moment as long as its backups: the last 7 days are among the 30.
      backupRetentionPeriod: Math.max(backups.dailyRetentionDays, backups.pointInTimeRecoveryDays),
      backupWindow: '05:00-06:00',
      maintenanceWindow: 'sun:07:00-sun:08:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      autoMinorVersionUpgrade: true,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: keys.key.arn,
      enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
      deletionProtection: stack.protected,
      skipFinalSnapshot: !stack.protected,
      finalSnapshotIdentifier: `maxai-${environment.shortName}-final`,
      tags: tags(),
    },
    { ...within, protect: stack.protected },
  );
  new secretsmanager.SecretVersion(
    'postgres-admin-password',
    {
      secretId: vault.secret('postgres-admin-password').id,
      secretString: settings.postgresAdminPassword,
    },
    within,
  );
  new route53.Record(
    'postgres',
    {
      zoneId: zone.zoneId,
      name: dataHost(environment, 'postgres'),
      type: 'CNAME',
      ttl: 60,
      records: [server.address],
    },
    within,
  );
  if (environment.recovery !== null) {
    // Backups and logs follow within minutes: any moment can be restored in the second region.
    new rds.InstanceAutomatedBackupsReplication(
      'postgres',
      {
        region: target.secondaryRegion,
        sourceDbInstanceArn: server.arn,
        kmsKeyId: keys.copy.arn,
        retentionPeriod: backups.dailyRetentionDays,
      },
      within,
    );
  }
  createBackupPlan(stack, keys, server, backups.weeklyRetentionDays);
  return server;
}
