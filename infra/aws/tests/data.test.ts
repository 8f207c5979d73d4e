import { beforeAll, describe, expect, it } from 'vitest';
import { cloudIdentities, secretsReadIn } from '@maxai/topology/cloud-identities';
import { production as environment } from '@maxai/topology/environments/production';
import { platform } from '@maxai/topology/platform';
import { isSecret, type Resources } from '../../tests/registered.ts';
import { runAwsProgram } from './support/run-aws-program.ts';

const instance = 'aws:rds/instance:Instance';
const redis = 'aws:elasticache/replicationGroup:ReplicationGroup';
const rolePolicy = 'aws:iam/rolePolicy:RolePolicy';
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runAwsProgram('production');
  staging = await runAwsProgram('staging');
});

type Policy = { Statement: { Action: string | string[]; Resource: string | string[] }[] };

function statements(resources: Resources, name: string) {
  return (JSON.parse(String(resources.inputs(rolePolicy, name)['policy'])) as Policy).Statement;
}

describe('PostgreSQL', () => {
  it('has 4 vCPU, 16 GB (the next class above 15) and a second zone in production [R16,R18]', () => {
    expect(production.inputs(instance, 'postgres')).toMatchObject({
      engine: 'postgres',
      engineVersion: '18',
      instanceClass: 'db.m7g.xlarge',
      multiAz: true,
    });
  });

  it('starts with 500 GB of SSD and grows by itself [R17]', () => {
    expect(production.inputs(instance, 'postgres')).toMatchObject({
      storageType: 'gp3',
      allocatedStorage: 500,
      maxAllocatedStorage: 2000,
    });
  });

  it('keeps daily backups 30 days, and with them every moment of the last 7 [R19,R20,R115,R117]', () => {
    const inputs = production.inputs(instance, 'postgres');
    expect(inputs['backupRetentionPeriod']).toBe(30);
    expect(inputs['deleteAutomatedBackups']).toBe(false);
  });

  it('is backed up in full every week for a year, in both regions, by a lock nobody shortens [R116]', () => {
    expect(production.inputs('aws:backup/plan:Plan', 'weekly-database')['rules']).toEqual([
      {
        ruleName: 'weekly',
        targetVaultName: 'weekly-database',
        schedule: 'cron(0 6 ? * SUN *)',
        lifecycle: { deleteAfter: 365 },
        copyActions: [
          {
            destinationVaultArn: 'arn:aws:::weekly-database-copy',
            lifecycle: { deleteAfter: 365 },
          },
        ],
      },
    ]);
    const selection = production.inputs('aws:backup/selection:Selection', 'weekly-database');
    expect(selection['resources']).toEqual(['arn:aws:::postgres']);
    expect(production.inputs('aws:backup/vault:Vault', 'weekly-database-copy')['region']).toBe(
      'us-west-2',
    );
    const lock = 'aws:backup/vaultLockConfiguration:VaultLockConfiguration';
    expect(production.inputs(lock, 'weekly-database')).toMatchObject({
      minRetentionDays: 365,
      changeableForDays: 3,
    });
    expect(staging.inputs(lock, 'weekly-database')).not.toHaveProperty('changeableForDays');
  });

  it('answers privately, sealed at rest and in transit, and is not deleted by mistake [R44]', () => {
    expect(production.inputs(instance, 'postgres')).toMatchObject({
      publiclyAccessible: false,
      storageEncrypted: true,
      deletionProtection: true,
      skipFinalSnapshot: false,
    });
    const { parameters } = production.inputs(
      'aws:rds/parameterGroup:ParameterGroup',
      'postgres',
    ) as {
      parameters: object[];
    };
    expect(parameters).toContainEqual({ name: 'rds.force_ssl', value: '1' });
  });

  it('has its backups and logs in the second region, for the failover that people decide [R124]', () => {
    const replication =
      'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication';
    expect(production.inputs(replication, 'postgres')).toMatchObject({
      region: 'us-west-2',
      sourceDbInstanceArn: 'arn:aws:::postgres',
      retentionPeriod: 30,
    });
    expect(staging.ofType(replication)).toEqual([]);
  });

  it('has 2 vCPU and 8 GB in staging, in one zone [R21]', () => {
    expect(staging.inputs(instance, 'postgres')).toMatchObject({
      instanceClass: 'db.m7g.large',
      multiAz: false,
      availabilityZone: 'us-east-1a',
    });
  });

  it('keeps its administrator out of plain sight', () => {
    const postgres = production.ofType(instance).find(({ name }) => name === 'postgres');
    expect(isSecret(postgres?.inputs['password'])).toBe(true);
  });
});

describe('Redis', () => {
  const policyOf = (resources: Resources, name: string) =>
    resources.inputs('aws:elasticache/parameterGroup:ParameterGroup', name)['parameters'];

  it.each([
    ['redis-cache', 'allkeys-lru'],
    ['redis-queue', 'noeviction'],
  ])('gives %s over 5 GB in two zones in production, %s [R25,R26,R45]', (name, policy) => {
    expect(production.inputs(redis, name)).toMatchObject({
      nodeType: 'cache.m7g.large',
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
    });
    expect(policyOf(production, name)).toContainEqual({ name: 'maxmemory-policy', value: policy });
  });

  it.each([
    ['redis-cache', 'allkeys-lru'],
    ['redis-queue', 'noeviction'],
  ])('gives %s one node of over 1 GB in staging, %s [R26,R27]', (name, policy) => {
    expect(staging.inputs(redis, name)).toMatchObject({
      nodeType: 'cache.t4g.small',
      numCacheClusters: 1,
      automaticFailoverEnabled: false,
    });
    expect(policyOf(staging, name)).toContainEqual({ name: 'maxmemory-policy', value: policy });
  });

  it('asks for a password, and snapshots what must last', () => {
    const queue = production.ofType(redis).find(({ name }) => name === 'redis-queue');
    expect(isSecret(queue?.inputs['authToken'])).toBe(true);
    expect(queue?.inputs['snapshotRetentionLimit']).toBe(7);
    expect(production.inputs(redis, 'redis-cache')['snapshotRetentionLimit']).toBe(0);
  });
});

describe('secrets', () => {
  const secret = 'aws:secretsmanager/secret:Secret';

  it('are those that somebody reads here, each copied to the second region [R47]', () => {
    const names = production.ofType(secret).map(({ name }) => name);
    const publicKeys = names.filter((name) => name.endsWith('-public'));
    const expected = [...secretsReadIn(platform, environment), ...publicKeys];
    expect(names.toSorted()).toEqual(expected.toSorted());
    expect(names).not.toContain('identity-maxai-ops');
    expect(production.inputs(secret, 'iam-encryption-key')['replicas']).toMatchObject([
      { region: 'us-west-2' },
    ]);
  });

  it.each(
    cloudIdentities(platform, environment).map((identity) => [identity.name, identity] as const),
  )('let %s read its own and nothing else [R49]', (name, { secrets, publicKeys }) => {
    const entries = [...secrets, ...publicKeys].map((entry) => `arn:aws:::${entry}`);
    const policies = production.ofType(rolePolicy).filter((candidate) => candidate.name === name);
    expect(policies).toHaveLength(entries.length > 0 ? 1 : 0);
    for (const { name: found } of policies) {
      const [read, open, ...others] = statements(production, found);
      expect(read?.Resource).toEqual(entries);
      expect(open?.Action).toBe('kms:Decrypt');
      expect(others).toEqual([]);
    }
  });

  it('are lent to one service account of the cluster for each role [R49]', () => {
    const role = production.inputs('aws:iam/role:Role', 'payments');
    expect(role['name']).toBe('k8s-payments');
    expect(JSON.parse(String(role['assumeRolePolicy']))).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'oidc.example/id/1:sub': 'system:serviceaccount:prod-services:payments',
              'oidc.example/id/1:aud': 'sts.amazonaws.com',
            },
          },
        },
      ],
    });
  });

  it('are copied daily, sealed by a key of the backup account, to its locked storage [R118]', () => {
    const machine = production.inputs('aws:sfn/stateMachine:StateMachine', 'secret-backup');
    expect(machine).toMatchObject({ type: 'EXPRESS', loggingConfiguration: { level: 'OFF' } });
    const definition = JSON.parse(String(machine['definition'])) as {
      States: {
        Secrets: { Result: string[] };
        Copy: { ItemProcessor: { States: Record<string, { Parameters: object }> } };
      };
    };
    for (const name of secretsReadIn(platform, environment)) {
      expect(definition.States.Secrets.Result).toContain(name);
    }
    expect(definition.States.Copy.ItemProcessor.States['Store']?.Parameters).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SsekmsKeyId: 'arn:aws:::secret-backup',
    });
    expect(production.inputs('aws:s3/bucket:Bucket', 'secrets')).toMatchObject({
      bucket: 'maxai-333333333333-production-secrets',
      objectLockEnabled: true,
    });
    expect(production.inputs('pulumi:providers:aws', 'aws-backup')['allowedAccountIds']).toBe(
      '["333333333333"]',
    );
    const schedule = production.inputs('aws:scheduler/schedule:Schedule', 'secret-backup');
    expect(schedule['scheduleExpression']).toBe('cron(0 3 * * ? *)');
  });

  it('leave a trace of every read where the account cannot delete it, for 400 days [R119]', () => {
    expect(production.inputs('aws:cloudtrail/trail:Trail', 'audit')).toMatchObject({
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
      eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
    });
    const lock = 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration';
    expect(production.inputs(lock, 'audit')['rule']).toEqual({
      defaultRetention: { mode: 'COMPLIANCE', days: 400 },
    });
    expect(staging.inputs(lock, 'audit')['rule']).toMatchObject({
      defaultRetention: { mode: 'GOVERNANCE' },
    });
  });
});
