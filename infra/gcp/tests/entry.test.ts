import { beforeAll, describe, expect, it } from 'vitest';
import { platform } from '@maxai/topology/platform';
import type { Resources } from '../../tests/registered.ts';
import { entryRule } from '../src/protection.ts';
import { servedByCluster } from '../../tests/served-by-cluster.ts';
import { hostOf } from '../src/settings.ts';
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
      hosts: { 'portal-web': 'portal.example.app', 'admin-web': 'admin.example.app' },
    },
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
    const map = 'gcp:compute/uRLMap:URLMap';
    expect(staging.inputs(map, 'web')['hostRules']).toEqual([
      { hosts: ['staging.maxai.io'], pathMatcher: 'routes' },
    ]);
    expect(production.inputs(map, 'web')).toMatchObject({
      defaultService: 'portal-web-id',
      hostRules: [
        { hosts: ['app.maxai.io'], pathMatcher: 'routes' },
        { hosts: ['admin.maxai.io'], pathMatcher: 'console' },
        { hosts: ['api.maxai.io'], pathMatcher: 'api' },
      ],
      pathMatchers: [
        {
          pathRules: [
            { paths: ['/admin', '/admin/*'], service: 'admin-web-id' },
            { paths: ['/api/*'], service: 'gateway-id' },
            { paths: ['/webhooks/*'], service: 'gateway-id' },
          ],
        },
        {
          name: 'console',
          pathRules: expect.arrayContaining([
            expect.objectContaining({
              paths: ['/'],
              urlRedirect: expect.objectContaining({ pathRedirect: '/admin' }),
            }),
          ]),
        },
        { name: 'api', defaultService: 'gateway-id' },
      ],
    });
  });

  it('is the only way to the Gateway, which every name leads round and which refuses everybody else', () => {
    const addresses = production.ofType(record).filter(({ inputs }) => inputs['type'] === 'A');
    const token = 'e'.repeat(64);
    expect(addresses.map(({ name }) => name)).toContain('api.maxai.io');
    expect(production.inputs(backend, 'gateway')['customRequestHeaders']).toEqual([
      `x-maxai-entry: ${token}`,
    ]);
    const policy = 'gcp:compute/securityPolicy:SecurityPolicy';
    expect(production.inputs(policy, 'gateway')).toMatchObject({
      name: 'maxai-gateway',
      rules: [
        {
          action: 'allow',
          match: { expr: { expression: `request.headers['x-maxai-entry'] == '${token}'` } },
        },
        { action: 'deny(403)', priority: 2_147_483_647 },
      ],
    });
    const entry = 'gcp:certificatemanager/certificateMapEntry:CertificateMapEntry';
    expect(production.inputs(entry, 'primary')).toMatchObject({ matcher: 'PRIMARY' });
    expect(() => entryRule("it's")).toThrow('entryToken is not 64 hexadecimal digits');
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
    const services = staging.ofType('gcp:cloudrunv2/service:Service').map(({ name }) => name);
    expect(services).toEqual(['n8n']);
    const endpoint = 'gcp:compute/globalNetworkEndpoint:GlobalNetworkEndpoint';
    expect(staging.inputs(endpoint, 'portal-web')).toMatchObject({
      fqdn: 'portal.example.app',
      port: 443,
    });
    expect(staging.inputs(backend, 'portal-web')['customRequestHeaders']).toEqual([
      'Host: portal.example.app',
    ]);
  });

  it('share the pages they render in a bucket that each instance mounts as itself [R15]', () => {
    const bucket = 'gcp:storage/bucket:Bucket';
    const member = 'gcp:storage/bucketIAMMember:BucketIAMMember';
    expect(production.inputs(bucket, 'portal-web-pages')).toMatchObject({
      location: 'us-central1',
      publicAccessPrevention: 'enforced',
      hierarchicalNamespace: { enabled: true },
    });
    expect(production.inputs(member, 'portal-web-pages')).toMatchObject({
      role: 'roles/storage.objectUser',
    });
    const service = (name: string) => production.inputs('gcp:cloudrunv2/service:Service', name);
    expect(service('portal-web')['template']).toMatchObject({
      executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
      volumes: [
        {
          name: 'pages',
          gcs: { mountOptions: ['uid=10001', 'gid=10001', 'metadata-cache-ttl-secs=0'] },
        },
      ],
      containers: [
        {
          volumeMounts: [{ name: 'pages', mountPath: '/var/cache/pages' }],
          envs: expect.arrayContaining([
            { name: 'PORTAL_WEB_CACHE_FOLDER', value: '/var/cache/pages' },
          ]),
        },
      ],
    });
    expect(service('admin-web')['template']).toMatchObject({ volumes: [] });
    expect(staging.ofType(bucket).map(({ name }) => name)).not.toContain('portal-web-pages');
  });

  it('are sent their visitors by the cluster alone, where the model says so [R40]', async () => {
    const resources = await runGcpProgram('production', {}, servedByCluster);
    expect(resources.ofType('gcp:cloudrunv2/service:Service')).toEqual([]);
    expect(resources.ofType(backend).map(({ name }) => name)).toEqual(['gateway']);
    const { defaultService, pathMatchers } = resources.inputs(
      'gcp:compute/uRLMap:URLMap',
      'web',
    ) as {
      defaultService: string;
      pathMatchers: { defaultService: string; pathRules?: { service?: string }[] }[];
    };
    const services = pathMatchers.flatMap(({ pathRules = [], defaultService: others }) => [
      others,
      ...pathRules.flatMap(({ service }) => service ?? []),
    ]);
    expect(new Set([defaultService, ...services])).toEqual(new Set(['gateway-id']));
    const rule = resources.inputs('gcp:compute/firewall:Firewall', 'load-balancer');
    expect(rule['allows']).toEqual([{ protocol: 'tcp', ports: ['4101', '4102', '4108', '4109'] }]);
  });

  it('are refused without a host at Vercel, with the command that names it', () => {
    expect(() => hostOf({ kind: 'vercel', hosts: {} }, 'admin-web')).toThrow(
      "admin-web has no host at Vercel: pulumi config set --path 'frontends.hosts.admin-web'",
    );
  });
});
