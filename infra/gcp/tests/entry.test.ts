import { beforeAll, describe, expect, it } from 'vitest';
import { platform } from '@maxai/topology/platform';
import { isSecret, type Resources } from '../../tests/registered.ts';
import { placeOf } from '../src/settings.ts';
import { runGcpProgram } from './support/run-gcp-program.ts';

const record = 'gcp:dns/recordSet:RecordSet';
const backend = 'gcp:compute/backendService:BackendService';
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runGcpProgram('production');
  staging = await runGcpProgram('staging', {
    frontends: {
      kind: 'vercel',
      places: { 'portal-web': 'portal.example.app', 'admin-web': 'admin.example.app' },
    },
    purchaseCommitments: false,
  });
});

describe('public names', () => {
  it('are the four of the platform, staging in a zone of its own [R41]', () => {
    const names = [production, staging].flatMap((resources) =>
      resources
        .ofType(record)
        .filter(({ inputs }) => inputs['type'] === 'A' && inputs['managedZone'] === 'public')
        .map(({ name }) => name),
    );
    expect(names.toSorted()).toEqual([
      'admin.maxai.io',
      'api.maxai.io',
      'app.maxai.io',
      'n8n',
      'staging.maxai.io',
    ]);
    expect(production.inputs(record, 'delegate-staging')).toMatchObject({
      name: 'staging.maxai.io.',
      type: 'NS',
      rrdatas: ['ns-staging.example.'],
    });
  });

  it('have a managed certificate that renews itself by records in the zone [R37]', () => {
    const certificate = 'gcp:certificatemanager/certificate:Certificate';
    expect(production.inputs(certificate, 'public')['managed']).toEqual({
      domains: ['app.maxai.io', 'admin.maxai.io', 'api.maxai.io'],
      dnsAuthorizations: ['app.maxai.io-id', 'admin.maxai.io-id', 'api.maxai.io-id'],
    });
    expect(production.inputs(record, 'authorize-app.maxai.io')).toMatchObject({
      type: 'CNAME',
      rrdatas: ['validation.example.'],
    });
  });
});

describe('the load balancer', () => {
  it('ends TLS 1.3 and nothing older, on 443 [R36,R50]', () => {
    expect(production.inputs('gcp:compute/sSLPolicy:SSLPolicy', 'tls')).toMatchObject({
      minTlsVersion: 'TLS_1_3',
      profile: 'RESTRICTED',
    });
    const proxy = 'gcp:compute/targetHttpsProxy:TargetHttpsProxy';
    expect(production.inputs(proxy, 'web')).toMatchObject({
      sslPolicy: 'tls-id',
      certificateMap: '//certificatemanager.googleapis.com/public-id',
    });
  });

  it('sends each path of the model where the model says', () => {
    expect(production.inputs('gcp:compute/uRLMap:URLMap', 'web')).toMatchObject({
      defaultService: 'portal-web-id',
      hostRules: [{ hosts: ['app.maxai.io', 'admin.maxai.io'] }],
      pathMatchers: [
        {
          pathRules: [
            { paths: ['/admin', '/admin/*'], service: 'admin-web-id' },
            { paths: ['/api/*'], service: 'gateway-id' },
            { paths: ['/webhooks/*'], service: 'gateway-id' },
          ],
        },
      ],
    });
  });

  it('limits what one address may ask before anything of ours sees it', () => {
    const { rules } = production.inputs('gcp:compute/securityPolicy:SecurityPolicy', 'web') as {
      rules: { action: string; rateLimitOptions?: { rateLimitThreshold: { count: number } } }[];
    };
    const limit = rules.find(({ action }) => action === 'throttle');
    expect(limit?.rateLimitOptions?.rateLimitThreshold.count).toBe(3000);
    for (const name of ['portal-web', 'admin-web', 'gateway']) {
      expect(production.inputs(backend, name)['securityPolicy']).toBe('web-id');
    }
  });
});

describe('the web apps', () => {
  it.each(platform.webApps.map((app) => [app.name, app] as const))(
    'run %s on Cloud Run, as many instances as its requests need [R12,R13]',
    (name, app) => {
      const service = production.inputs('gcp:cloudrunv2/service:Service', name);
      expect(service).toMatchObject({
        ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
        template: {
          maxInstanceRequestConcurrency: 80,
          scaling: { minInstanceCount: app.scaling.min, maxInstanceCount: app.scaling.max },
          containers: [
            {
              ports: { containerPort: app.port },
              startupProbe: { httpGet: { path: app.probes.readiness } },
              livenessProbe: { httpGet: { path: app.probes.liveness } },
            },
          ],
        },
      });
      expect(JSON.stringify(service)).not.toContain('"name":"PORT"');
    },
  );

  it.each(['portal-web', 'admin-web'])(
    'keep what %s lets be kept at the edge [R14,R66]',
    (name) => {
      for (const resources of [production, staging]) {
        expect(resources.inputs(backend, name)).toMatchObject({
          enableCdn: true,
          cdnPolicy: { cacheMode: 'USE_ORIGIN_HEADERS' },
        });
      }
      expect(production.inputs(backend, 'gateway')).not.toHaveProperty('enableCdn');
    },
  );

  it('are reached at Vercel where the stack says so, by the same names [R12]', () => {
    expect(staging.ofType('gcp:cloudrunv2/service:Service')).toEqual([]);
    const endpoint = 'gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint';
    expect(staging.inputs(endpoint, 'portal-web')).toMatchObject({
      fqdn: 'portal.example.app',
      port: 443,
    });
    expect(staging.inputs(backend, 'portal-web')['customRequestHeaders']).toEqual([
      'Host: portal.example.app',
    ]);
  });

  it('are refused without an image, with the command that names it', () => {
    expect(() => placeOf({ kind: 'cloud-run', places: {} }, 'admin-web')).toThrow(
      "admin-web has no place: pulumi config set --path 'frontends.places.admin-web'",
    );
  });
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

  it('has its own database and keys, read from the store at every start [R32]', () => {
    expect(production.inputs('gcp:sql/database:Database', 'n8n')).toMatchObject({ name: 'n8n' });
    const { metadata } = production.inputs('gcp:compute/instance:Instance', 'n8n') as {
      metadata: Record<string, string>;
    };
    const script = metadata['user-data'] ?? '';
    expect(script).toContain('N8N_ENCRYPTION_KEY=$(read_secret n8n-encryption-key)');
    expect(script).toContain('DB_POSTGRESDB_HOST=postgres.prod.maxai.internal');
    expect(script).toContain('DB_POSTGRESDB_PASSWORD=$(read_secret n8n-database-password)');
  });

  it('is a container of the cluster in staging: no machine, no tunnel [R35]', () => {
    expect(staging.ofType('gcp:compute/instance:Instance')).toEqual([]);
    expect(staging.ofType('gcp:compute/vPNTunnel:VPNTunnel')).toEqual([]);
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
