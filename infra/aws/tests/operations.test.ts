import { beforeAll, describe, expect, it } from 'vitest';
import { type Resources } from '../../tests/registered.ts';
import { runAwsProgram } from './support/run-aws-program.ts';

let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runAwsProgram('production');
  staging = await runAwsProgram('staging', { databaseReservation: null, operatorCidrs: [] });
});

describe('n8n', () => {
  it('has a machine of 2 vCPU and 8 GB without a public address in production [R31,R34]', () => {
    expect(production.inputs('aws:ec2/instance:Instance', 'n8n')).toMatchObject({
      instanceType: 'm7i.large',
      associatePublicIpAddress: false,
      metadataOptions: { httpTokens: 'required' },
    });
  });

  it('is reached by HTTPS with a managed certificate, inside the network [R33,R34,R46]', () => {
    const certificate = production.inputs('aws:acm/certificate:Certificate', 'n8n');
    expect(certificate['domainName']).toBe('n8n.maxai.io');
    expect(production.inputs('aws:lb/loadBalancer:LoadBalancer', 'n8n')['internal']).toBe(true);
    const wall = production.inputs('aws:ec2/securityGroup:SecurityGroup', 'n8n');
    expect(wall['ingress']).toMatchObject([{ fromPort: 5678, securityGroups: ['n8n-entry-id'] }]);
  });

  it('is all that the VPN leads to, for people with a certificate, on 443 [R34,R42,R46]', () => {
    expect(production.inputs('aws:ec2clientvpn/endpoint:Endpoint', 'n8n')).toMatchObject({
      vpnPort: 443,
      transportProtocol: 'tcp',
      splitTunnel: true,
      authenticationOptions: [{ type: 'certificate-authentication' }],
    });
    const rules = production.ofType('aws:ec2clientvpn/authorizationRule:AuthorizationRule');
    expect(rules.map(({ inputs }) => inputs['targetNetworkCidr'])).toEqual(['10.32.140.0/22']);
  });

  it('has its own keys, made once and kept by the store, and read from it at every start [R32]', () => {
    const version = 'aws:secretsmanager/secretVersion:SecretVersion';
    for (const resources of [production, staging]) {
      const values = ['n8n-encryption-key', 'n8n-database-password'].map((name) => {
        const { secretId, secretString } = resources.inputs(version, name);
        expect(secretId).toBe(`${name}-id`);
        expect(secretString).toMatch(/^[\w-]{43}$/);
        return secretString;
      });
      expect(new Set(values).size).toBe(2);
    }
    const script = String(production.inputs('aws:ec2/instance:Instance', 'n8n')['userData']);
    expect(script).toContain('N8N_ENCRYPTION_KEY=$(read_secret n8n-encryption-key)');
    expect(script).toContain('DB_POSTGRESDB_HOST=postgres.prod.maxai.internal');
    expect(script).toContain('DB_POSTGRESDB_DATABASE=n8n');
    expect(script).toContain('DB_POSTGRESDB_PASSWORD=$(read_secret n8n-database-password)');
  });

  it('is one container in staging, behind the same private entry and VPN [R34,R35]', () => {
    expect(staging.ofType('aws:ec2/instance:Instance')).toEqual([]);
    expect(staging.inputs('aws:ecs/service:Service', 'n8n')).toMatchObject({
      desiredCount: 1,
      networkConfiguration: { assignPublicIp: false },
    });
    const task = staging.inputs('aws:ecs/taskDefinition:TaskDefinition', 'n8n');
    const [container] = JSON.parse(String(task['containerDefinitions'])) as { secrets: object[] }[];
    expect(container?.secrets).toContainEqual({
      name: 'N8N_ENCRYPTION_KEY',
      valueFrom: 'arn:aws:::n8n-encryption-key',
    });
    expect(staging.inputs('aws:lb/loadBalancer:LoadBalancer', 'n8n')['internal']).toBe(true);
    expect(staging.ofType('aws:ec2clientvpn/endpoint:Endpoint')).toHaveLength(1);
  });
});

describe('operating it', () => {
  it('gathers the log lines of every process, keeps them and makes them searchable [R103]', () => {
    expect(production.inputs('aws:cloudwatch/logGroup:LogGroup', 'application')).toMatchObject({
      name: '/aws/containerinsights/maxai-production/application',
      retentionInDays: 90,
    });
    const filter = 'aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter';
    expect(production.inputs(filter, 'logs')['destinationArn']).toBe('arn:aws:::logs');
    const domain = 'aws:opensearch/domain:Domain';
    expect(production.inputs(domain, 'logs')['clusterConfig']).toMatchObject({
      instanceCount: 3,
      zoneAwarenessEnabled: true,
    });
    expect(staging.inputs(domain, 'logs')['clusterConfig']).toMatchObject({ instanceCount: 1 });
  });

  it('warns before the money of the month is spent', () => {
    const budget = production.inputs('aws:budgets/budget:Budget', 'month');
    expect(budget).toMatchObject({ limitAmount: '6000', limitUnit: 'USD' });
    const notices = budget['notifications'] as { threshold: number }[];
    expect(notices.map(({ threshold }) => threshold)).toEqual([50, 90, 100, 100]);
  });

  it('reserves the database for a year, only when told which offering [R131]', () => {
    const reservation = 'aws:rds/reservedInstance:ReservedInstance';
    expect(production.inputs(reservation, 'postgres')).toMatchObject({
      offeringId: 'offering-1',
      instanceCount: 1,
    });
    expect(staging.ofType(reservation)).toEqual([]);
  });

  it('closes the API of the cluster to the internet where nobody is named', () => {
    expect(staging.inputs('aws:eks/cluster:Cluster', 'cluster')['vpcConfig']).toMatchObject({
      endpointPublicAccess: false,
    });
  });
});
