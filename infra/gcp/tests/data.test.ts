import { beforeAll, describe, expect, it } from 'vitest';
import { cloudIdentities, secretsReadIn } from '@maxai/topology/cloud-identities';
import { platform } from '@maxai/topology/platform';
import { production as environment } from '@maxai/topology/environments/production';
import { isSecret, plain, type Resources } from '../../tests/registered.ts';
import { runGcpProgram } from './support/run-gcp-program.ts';

const instance = 'gcp:sql/databaseInstance:DatabaseInstance';
const redis = 'gcp:redis/instance:Instance';
const member = 'gcp:secretmanager/secretIamMember:SecretIamMember';
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runGcpProgram('production');
  staging = await runGcpProgram('staging');
});

describe('PostgreSQL', () => {
  it('has 4 vCPU, 15 GB and a second zone in production [R16,R18]', () => {
    expect(production.inputs(instance, 'postgres')).toMatchObject({
      databaseVersion: 'POSTGRES_18',
      settings: { tier: 'db-custom-4-15360', availabilityType: 'REGIONAL' },
    });
  });

  it('starts with 500 GB of SSD and grows by itself [R17]', () => {
    expect(production.inputs(instance, 'postgres')['settings']).toMatchObject({
      diskType: 'PD_SSD',
      diskSize: 500,
      diskAutoresize: true,
    });
  });

  it('keeps daily backups 30 days and every moment of the last 7 [R19,R20,R115,R117]', () => {
    expect(production.inputs(instance, 'postgres')['settings']).toMatchObject({
      backupConfiguration: {
        enabled: true,
        backupRetentionSettings: { retentionUnit: 'COUNT', retainedBackups: 30 },
        pointInTimeRecoveryEnabled: true,
        transactionLogRetentionDays: 7,
      },
    });
  });

  it('is exported in full every week to storage that keeps it a year, in another region [R116]', () => {
    expect(production.inputs('gcp:storage/bucket:Bucket', 'weekly-database')).toMatchObject({
      project: 'maxai-backup',
      location: 'us-east1',
      retentionPolicy: { retentionPeriod: String(365 * 86_400), isLocked: true },
    });
    const job = production.inputs('gcp:cloudscheduler/job:Job', 'weekly-database-backup');
    expect(job['schedule']).toBe('0 6 * * 0');
    const workflow = production.inputs('gcp:workflows/workflow:Workflow', 'weekly-database-backup');
    const source = String(workflow['sourceContents']);
    expect(source).toContain('"in":["maxai","n8n"]');
    expect(source).toContain('gs://maxai-backup-production-weekly-database/');
  });

  it('answers on a private address only, encrypted, and is not deleted by mistake [R44]', () => {
    expect(production.inputs(instance, 'postgres')).toMatchObject({
      deletionProtection: true,
      settings: {
        deletionProtectionEnabled: true,
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: 'vpc-id',
          allocatedIpRange: 'postgres',
          sslMode: 'ENCRYPTED_ONLY',
        },
      },
    });
  });

  it('has a copy in the second region, for the failover that people decide [R124]', () => {
    expect(production.inputs(instance, 'postgres-replica')).toMatchObject({
      region: 'us-east1',
      masterInstanceName: 'maxai-prod',
      instanceType: 'READ_REPLICA_INSTANCE',
    });
    expect(staging.ofType(instance).map(({ name }) => name)).toEqual(['postgres']);
  });

  it('has 2 vCPU and 7.5 GB in staging, in one zone [R21]', () => {
    expect(staging.inputs(instance, 'postgres')['settings']).toMatchObject({
      tier: 'db-custom-2-7680',
      availabilityType: 'ZONAL',
    });
  });

  it('keeps its administrator out of plain sight', () => {
    const postgres = production.ofType(instance).find(({ name }) => name === 'postgres');
    expect(isSecret(postgres?.inputs['rootPassword'])).toBe(true);
  });
});

describe('Redis', () => {
  it.each([
    ['redis-cache', 'allkeys-lru'],
    ['redis-queue', 'noeviction'],
  ])('gives %s 5 GB over two zones in production, %s [R25,R26,R45]', (name, policy) => {
    expect(production.inputs(redis, name)).toMatchObject({
      tier: 'STANDARD_HA',
      memorySizeGb: 5,
      redisConfigs: { 'maxmemory-policy': policy },
      locationId: 'us-central1-a',
      alternativeLocationId: 'us-central1-b',
      connectMode: 'PRIVATE_SERVICE_ACCESS',
      reservedIpRange: name,
      authEnabled: true,
      transitEncryptionMode: 'SERVER_AUTHENTICATION',
    });
  });

  it.each([
    ['redis-cache', 'allkeys-lru'],
    ['redis-queue', 'noeviction'],
  ])('gives %s 1 GB in one zone in staging, %s [R26,R27]', (name, policy) => {
    const inputs = staging.inputs(redis, name);
    expect(inputs).toMatchObject({
      tier: 'BASIC',
      memorySizeGb: 1,
      redisConfigs: { 'maxmemory-policy': policy },
    });
    expect(inputs).not.toHaveProperty('alternativeLocationId');
  });
});

describe('secrets', () => {
  const secret = 'gcp:secretmanager/secret:Secret';

  it('are those that somebody reads here, each in two regions [R47]', () => {
    const names = production.ofType(secret).map(({ name }) => name);
    const publicKeys = names.filter((name) => name.endsWith('-public'));
    const expected = [...secretsReadIn(platform, environment), ...publicKeys];
    expect(names.toSorted()).toEqual(expected.toSorted());
    expect(names).not.toContain('identity-maxai-ops');
    expect(production.inputs(secret, 'iam-encryption-key')['replication']).toEqual({
      userManaged: { replicas: [{ location: 'us-central1' }, { location: 'us-east1' }] },
    });
  });

  it('are read by their readers and by the backup, through roles on each secret alone [R49]', () => {
    const granted = production.ofType(member).map(({ inputs }) => plain(inputs)) as {
      secretId: string;
      member: string;
      role: string;
    }[];
    const readers = granted
      .filter((grant) => !grant.member.includes('secret-backup@'))
      .map(({ secretId, member: who }) => `${who.replace(/^.*:|@.*$/g, '')} ${secretId}`);
    const declared = cloudIdentities(platform, environment).flatMap(
      ({ name, secrets, publicKeys }) =>
        [...secrets, ...publicKeys].map((entry) => `k8s-${name} ${entry}`),
    );
    expect(readers.toSorted()).toEqual(declared.toSorted());
    expect(new Set(granted.map(({ role }) => role))).toEqual(
      new Set(['roles/secretmanager.secretAccessor']),
    );
  });

  it('are read by no role on the project: workloads have none [R49]', () => {
    const roles = production
      .ofType('gcp:projects/iAMMember:IAMMember')
      .map(({ inputs }) => plain(inputs) as { role: string; member: string })
      .filter(({ member: who }) => who.includes('k8s-') && !who.includes('k8s-nodes'));
    expect(roles).toEqual([]);
  });

  it('let one service account of the cluster act as each identity [R49]', () => {
    const name = 'gcp:serviceaccount/iAMMember:IAMMember';
    expect(production.inputs(name, 'payments-in-cluster')).toMatchObject({
      role: 'roles/iam.workloadIdentityUser',
      member: 'serviceAccount:maxai-production.svc.id.goog[prod-services/payments]',
    });
  });

  it('are copied daily, sealed with a key of the backup project, to its storage [R118]', () => {
    expect(production.inputs('gcp:storage/bucket:Bucket', 'secrets')).toMatchObject({
      project: 'maxai-backup',
      location: 'us-east1',
      publicAccessPrevention: 'enforced',
    });
    expect(production.inputs('gcp:kms/keyRing:KeyRing', 'secret-backup')).toMatchObject({
      project: 'maxai-backup',
      location: 'us-east1',
    });
    const workflow = production.inputs('gcp:workflows/workflow:Workflow', 'secret-backup');
    const source = JSON.parse(String(workflow['sourceContents'])) as object;
    const text = JSON.stringify(source);
    for (const name of secretsReadIn(platform, environment)) expect(text).toContain(`"${name}"`);
    expect(text.indexOf('cryptoKeys.encrypt')).toBeLessThan(
      text.indexOf('storage.v1.objects.insert'),
    );
    expect(production.inputs('gcp:cloudscheduler/job:Job', 'secret-backup')['schedule']).toBe(
      '0 3 * * *',
    );
  });

  it('leave a trace of every read, kept 400 days [R119]', () => {
    const audit = 'gcp:projects/iAMAuditConfig:IAMAuditConfig';
    expect(production.inputs(audit, 'secret-reads')).toMatchObject({
      service: 'secretmanager.googleapis.com',
      auditLogConfigs: [
        { logType: 'ADMIN_READ' },
        { logType: 'DATA_READ' },
        { logType: 'DATA_WRITE' },
      ],
    });
    const bucket = 'gcp:logging/projectBucketConfig:ProjectBucketConfig';
    expect(production.inputs(bucket, 'audit')['retentionDays']).toBe(400);
  });
});
