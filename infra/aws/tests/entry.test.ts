import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { platform } from '@maxai/topology/platform';
import type { Resources } from '../../tests/registered.ts';
import { servedByCluster } from '../../tests/served-by-cluster.ts';
import { hostOf } from '../src/entry.ts';
import { requestsPerMinute } from '../src/web-apps.ts';
import { runAwsProgram } from './support/run-aws-program.ts';

const record = 'aws:route53/record:Record';
const distribution = 'aws:cloudfront/distribution:Distribution';
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runAwsProgram('production');
  staging = await runAwsProgram('staging', {
    frontends: {
      kind: 'vercel',
      hosts: { 'portal-web': 'portal.example.app', 'admin-web': 'admin.example.app' },
    },
    gateway: 'planned',
  });
});

type Behaviour = { pathPattern: string; targetOriginId: string; cachePolicyId: string };

function aliases(resources: Resources): string[] {
  return resources
    .ofType(record)
    .filter(({ inputs }) => inputs['type'] === 'A')
    .map(({ name }) => name)
    .toSorted();
}

describe('public names', () => {
  it('are the four of the platform, staging in a zone of its own [R41]', () => {
    expect(aliases(production)).toEqual([
      'admin.maxai.io',
      'api.maxai.io',
      'app.maxai.io',
      'n8n.maxai.io',
    ]);
    expect(aliases(staging)).toEqual(['n8n.staging.maxai.io', 'staging.maxai.io']);
    expect(production.inputs(record, 'delegate-staging')).toMatchObject({
      name: 'staging.maxai.io',
      type: 'NS',
      records: ['ns-staging.example'],
    });
  });

  it('have managed certificates at the edge and in the region, proven by records [R37]', () => {
    for (const name of ['edge', 'gateway']) {
      expect(production.inputs('aws:acm/certificate:Certificate', name)).toMatchObject({
        domainName: 'app.maxai.io',
        subjectAlternativeNames: ['admin.maxai.io', 'api.maxai.io'],
        validationMethod: 'DNS',
      });
      expect(production.inputs(record, `validate-${name}-api.maxai.io`)).toMatchObject({
        name: '_acme.api.maxai.io',
        type: 'CNAME',
      });
    }
  });
});

describe('the entry', () => {
  it('ends TLS 1.3 and nothing older, at the edge and at every balancer [R36,R50]', () => {
    expect(production.inputs(distribution, 'public')['viewerCertificate']).toMatchObject({
      minimumProtocolVersion: 'TLSv1.3_2025',
    });
    const listeners = production.ofType('aws:lb/listener:Listener');
    expect(listeners.map(({ inputs }) => [inputs['port'], inputs['sslPolicy']])).toEqual([
      [443, 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09'],
      [443, 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09'],
    ]);
  });

  it('sends each path of the model where the model says', () => {
    const { orderedCacheBehaviors } = production.inputs(distribution, 'public') as {
      orderedCacheBehaviors: Behaviour[];
    };
    expect(
      orderedCacheBehaviors.map(({ pathPattern, targetOriginId }) => [pathPattern, targetOriginId]),
    ).toEqual([
      ['/webhooks/*', 'gateway'],
      ['/admin/_next/static/*', 'admin-web'],
      ['/admin', 'admin-web'],
      ['/admin/*', 'admin-web'],
      ['/api/*', 'gateway'],
      ['/_next/static/*', 'portal-web'],
    ]);
    expect(production.inputs(distribution, 'public')['defaultCacheBehavior']).toMatchObject({
      targetOriginId: 'portal-web',
      viewerProtocolPolicy: 'https-only',
    });
  });

  it('keeps static files and what pages allow at the edge, and nothing of the API [R14,R66]', () => {
    const { orderedCacheBehaviors: all } = production.inputs(distribution, 'public') as {
      orderedCacheBehaviors: Behaviour[];
    };
    const cache = (pattern: string) =>
      all.find(({ pathPattern }) => pathPattern === pattern)?.cachePolicyId;
    expect(cache('/_next/static/*')).toBe('658327ea-f89d-4fab-a63d-7e88639e58f6');
    expect(cache('/admin/*')).toBe('4cc15a8a-d715-48a4-82b8-cc0b614638fe');
    expect(cache('/api/*')).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
  });

  it('leads the name of the console to the console', () => {
    const { code } = production.inputs('aws:cloudfront/function:Function', 'to-console');
    const ask = (host: string, uri: string): unknown =>
      runInNewContext(`${String(code)}; handler(event);`, {
        event: { request: { uri, headers: { host: { value: host } } } },
      });
    expect(ask('admin.maxai.io', '/')).toMatchObject({
      statusCode: 302,
      headers: { location: { value: '/admin' } },
    });
    expect(ask('app.maxai.io', '/')).toMatchObject({ uri: '/' });
    expect(ask('admin.maxai.io', '/admin/x')).toMatchObject({ uri: '/admin/x' });
  });

  it('limits what one address may ask before anything of ours sees it', () => {
    const acl = 'aws:wafv2/webAcl:WebAcl';
    const { rules } = production.inputs(acl, 'maxai-web') as { rules: object[] };
    expect(rules[0]).toMatchObject({ statement: { rateBasedStatement: { limit: 15_000 } } });
    for (const name of ['public', 'api']) {
      expect(production.inputs(distribution, name)['webAclId']).toBe('arn:aws:::maxai-web');
    }
  });

  it('is the only way to the Gateway, whose balancer no name and no public subnet leads to', () => {
    const origin = 'aws:cloudfront/vpcOrigin:VpcOrigin';
    expect(production.inputs(origin, 'gateway')).toMatchObject({
      vpcOriginEndpointConfig: {
        arn: 'arn:aws:::maxai-gateway',
        originProtocolPolicy: 'https-only',
      },
    });
    const inside = { vpcOriginConfig: { vpcOriginId: 'gateway-id' } };
    expect(production.inputs(distribution, 'public')['origins']).toContainEqual(
      expect.objectContaining({ originId: 'gateway', ...inside }),
    );
    expect(production.inputs(distribution, 'api')).toMatchObject({
      aliases: ['api.maxai.io'],
      origins: [{ originId: 'gateway', ...inside }],
      defaultCacheBehavior: { targetOriginId: 'gateway' },
    });
    expect(production.inputs(record, 'api.maxai.io')['aliases']).toMatchObject([
      { name: 'd1.cloudfront.example' },
    ]);
    const subnets = production.ofType('aws:ec2/subnet:Subnet');
    const forBalancers = subnets.filter(({ inputs }) =>
      Object.keys(inputs['tags'] as object).some((key) => key.startsWith('kubernetes.io/role/')),
    );
    expect(forBalancers.map(({ inputs }) => inputs['cidrBlock'])).toEqual([
      '10.32.4.0/22',
      '10.32.8.0/22',
      '10.32.12.0/22',
    ]);
    const way = production.inputs('aws:ec2/route:Route', 'public');
    expect(way['gatewayId']).toBe('internet-id');
  });

  it('sends nothing to the Gateway before the cluster has made its balancer, nor leads a name there', () => {
    expect(staging.ofType('aws:cloudfront/vpcOrigin:VpcOrigin')).toEqual([]);
    const { origins, orderedCacheBehaviors } = staging.inputs(distribution, 'public') as {
      origins: object[];
      orderedCacheBehaviors: Behaviour[];
    };
    expect(origins).toHaveLength(platform.webApps.length);
    expect(orderedCacheBehaviors.map(({ targetOriginId }) => targetOriginId)).not.toContain(
      'gateway',
    );
  });
});

describe('the web apps', () => {
  it.each(platform.webApps.map((app) => [app.name, app] as const))(
    'run %s on Fargate, as many instances as its requests need [R13]',
    (name, app) => {
      expect(production.inputs('aws:appautoscaling/target:Target', name)).toMatchObject({
        minCapacity: app.scaling.min,
        maxCapacity: app.scaling.max,
      });
      const scaling = production.inputs('aws:appautoscaling/policy:Policy', name);
      expect(scaling['targetTrackingScalingPolicyConfiguration']).toMatchObject({
        targetValue: 9600,
        predefinedMetricSpecification: { predefinedMetricType: 'ALBRequestCountPerTarget' },
      });
      expect(requestsPerMinute(app)).toBe(9600);
      const task = production.inputs('aws:ecs/taskDefinition:TaskDefinition', name);
      expect(JSON.parse(String(task['containerDefinitions']))).toMatchObject([
        { name, portMappings: [{ containerPort: app.port }] },
      ]);
      expect(
        production.inputs('aws:lb/targetGroup:TargetGroup', name)['healthCheck'],
      ).toMatchObject({
        path: app.probes.readiness,
      });
    },
  );

  it('are reached at Vercel where the stack says so, by the same names [R12]', () => {
    const services = staging.ofType('aws:ecs/service:Service').map(({ name }) => name);
    expect(services).toEqual(['n8n']);
    const { origins } = staging.inputs(distribution, 'public') as { origins: object[] };
    expect(origins[0]).toMatchObject({ domainName: 'portal.example.app' });
  });

  it('share the pages they render in a sealed file system that only they may mount [R15]', () => {
    const task = (name: string) => production.inputs('aws:ecs/taskDefinition:TaskDefinition', name);
    expect(task('portal-web')['volumes']).toEqual([
      {
        name: 'pages',
        efsVolumeConfiguration: {
          fileSystemId: 'portal-web-pages-id',
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: 'portal-web-pages-id', iam: 'ENABLED' },
        },
      },
    ]);
    expect(JSON.parse(String(task('portal-web')['containerDefinitions']))).toMatchObject([
      {
        mountPoints: [{ sourceVolume: 'pages', containerPath: '/var/cache/pages' }],
        environment: expect.arrayContaining([
          { name: 'PORTAL_WEB_CACHE_FOLDER', value: '/var/cache/pages' },
        ]),
      },
    ]);
    expect(task('admin-web')['volumes']).toEqual([]);
    expect(production.inputs('aws:efs/fileSystem:FileSystem', 'portal-web-pages')).toMatchObject({
      encrypted: true,
    });
    expect(production.inputs('aws:efs/accessPoint:AccessPoint', 'portal-web-pages')).toMatchObject({
      posixUser: { uid: 10_001, gid: 10_001 },
    });
    const door = production.inputs('aws:ec2/securityGroup:SecurityGroup', 'portal-web-pages');
    expect(door['ingress']).toMatchObject([{ fromPort: 2049, securityGroups: ['portal-web-id'] }]);
    expect(production.ofType('aws:efs/mountTarget:MountTarget')).toHaveLength(3);
    expect(staging.ofType('aws:efs/fileSystem:FileSystem')).toEqual([]);
  });

  it('are sent their visitors by the cluster alone, where the model says so [R40]', async () => {
    const resources = await runAwsProgram('production', {}, servedByCluster);
    expect(resources.ofType('aws:ecs/service:Service')).toEqual([]);
    const { origins } = resources.inputs(distribution, 'public') as {
      origins: { vpcOriginConfig: { vpcOriginId: string } }[];
    };
    expect(origins.map(({ vpcOriginConfig }) => vpcOriginConfig.vpcOriginId)).toEqual([
      'gateway-id',
      'gateway-id',
      'gateway-id',
    ]);
  });

  it('are refused without a host at Vercel, with the command that names it', () => {
    expect(() => hostOf({ hosts: {} }, 'admin-web')).toThrow(
      "admin-web has no host at Vercel: pulumi config set --path 'frontends.hosts.admin-web'",
    );
  });
});
