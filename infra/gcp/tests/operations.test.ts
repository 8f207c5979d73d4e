import { beforeAll, describe, expect, it } from 'vitest';
import { isSecret, type Resources } from '../../tests/registered.ts';
import { runGcpProgram } from './support/run-gcp-program.ts';

let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runGcpProgram('production');
  staging = await runGcpProgram('staging', { purchaseCommitments: false });
});

describe('n8n', () => {
  it('has a machine of 2 vCPU and 8 GB without a public address in production [R31,R34]', () => {
    const machine = production.inputs('gcp:compute/instance:Instance', 'n8n');
    expect(machine).toMatchObject({
      machineType: 'e2-standard-2',
      networkInterfaces: [{ subnetwork: 'n8n-id' }],
    });
    expect(JSON.stringify(machine)).not.toContain('accessConfig');
  });

  it('is reached by HTTPS with a managed certificate, inside the network [R33,R34,R46]', () => {
    const certificate = 'gcp:certificatemanager/certificate:Certificate';
    expect(production.inputs(certificate, 'n8n')['managed']).toMatchObject({
      domains: ['n8n.maxai.io'],
    });
    const rule = 'gcp:compute/forwardingRule:ForwardingRule';
    expect(production.inputs(rule, 'n8n')).toMatchObject({
      loadBalancingScheme: 'INTERNAL_MANAGED',
      portRange: '443',
    });
    const policy = 'gcp:compute/regionSslPolicy:RegionSslPolicy';
    expect(production.inputs(policy, 'tls-internal')['minTlsVersion']).toBe('TLS_1_3');
  });

  it('is all that the tunnel to the office leads to [R34,R46]', () => {
    expect(production.inputs('gcp:compute/router:Router', 'office')['bgp']).toMatchObject({
      advertiseMode: 'CUSTOM',
      advertisedIpRanges: [{ range: '10.17.12.0/22' }],
    });
    const tunnels = production.ofType('gcp:compute/vPNTunnel:VPNTunnel');
    expect(tunnels.map(({ inputs }) => inputs['ikeVersion'])).toEqual([2, 2]);
  });

  it('has its own keys, made once and kept by the store, and read from it at every start [R32]', () => {
    const version = 'gcp:secretmanager/secretVersion:SecretVersion';
    for (const resources of [production, staging]) {
      const values = ['n8n-encryption-key', 'n8n-database-password'].map((name) => {
        const { secret, secretData } = resources.inputs(version, name);
        expect(secret).toBe(`${name}-id`);
        expect(secretData).toMatch(/^[\w-]{43}$/);
        return secretData;
      });
      expect(new Set(values).size).toBe(2);
      expect(resources.ofType('gcp:sql/database:Database').map(({ name }) => name)).toEqual([
        'platform',
      ]);
    }
    const { metadata } = production.inputs('gcp:compute/instance:Instance', 'n8n') as {
      metadata: Record<string, string>;
    };
    const script = metadata['user-data'] ?? '';
    expect(script).toContain('N8N_ENCRYPTION_KEY=$(read_secret n8n-encryption-key)');
    expect(script).toContain('DB_POSTGRESDB_HOST=postgres.prod.maxai.internal');
    expect(script).toContain('DB_POSTGRESDB_PASSWORD=$(read_secret n8n-database-password)');
  });

  it('is one container in staging, behind the same private entry and tunnel [R34,R35]', () => {
    expect(staging.ofType('gcp:compute/instance:Instance')).toEqual([]);
    const service = staging.inputs('gcp:cloudrunv2/service:Service', 'n8n');
    expect(service).toMatchObject({
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
      template: { scaling: { minInstanceCount: 1, maxInstanceCount: 1 } },
    });
    const [container] = (service['template'] as { containers: { envs: object[] }[] }).containers;
    expect(container?.envs).toContainEqual({
      name: 'N8N_ENCRYPTION_KEY',
      valueSource: { secretKeyRef: { secret: 'n8n-encryption-key', version: 'latest' } },
    });
    const rule = 'gcp:compute/forwardingRule:ForwardingRule';
    expect(staging.inputs(rule, 'n8n')['loadBalancingScheme']).toBe('INTERNAL_MANAGED');
    expect(staging.ofType('gcp:compute/vPNTunnel:VPNTunnel')).toHaveLength(2);
  });
});

describe('operating it', () => {
  it('gathers the log lines of every process in one place [R103]', () => {
    const bucket = 'gcp:logging/projectBucketConfig:ProjectBucketConfig';
    expect(production.inputs(bucket, 'platform')).toMatchObject({ retentionDays: 90 });
    const sink = production.inputs('gcp:logging/projectSink:ProjectSink', 'platform');
    expect(sink['filter']).toContain('resource.labels.cluster_name="maxai-production"');
  });

  it('warns before the money of the month is spent', () => {
    const budget = production.inputs('gcp:billing/budget:Budget', 'month');
    expect(budget).toMatchObject({
      amount: { specifiedAmount: { units: '6000' } },
      thresholdRules: [
        { thresholdPercent: 0.5 },
        { thresholdPercent: 0.9 },
        { thresholdPercent: 1 },
        { thresholdPercent: 1, spendBasis: 'FORECASTED_SPEND' },
      ],
    });
  });

  it('commits for a year to the nodes that always run, only when told to [R132]', () => {
    const commitment = 'gcp:compute/regionCommitment:RegionCommitment';
    expect(production.inputs(commitment, 'nodes')).toMatchObject({
      plan: 'TWELVE_MONTH',
      type: 'GENERAL_PURPOSE_E2',
      resources: [
        { type: 'VCPU', amount: '10' },
        { type: 'MEMORY', amount: String(40 * 1024) },
      ],
    });
    expect(staging.ofType(commitment)).toEqual([]);
  });

  it('keeps the secret of the tunnel secret', () => {
    const [tunnel] = production.ofType('gcp:compute/vPNTunnel:VPNTunnel');
    expect(isSecret(tunnel?.inputs['sharedSecret'])).toBe(true);
  });
});
