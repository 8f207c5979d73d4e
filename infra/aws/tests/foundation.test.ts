import { beforeAll, describe, expect, it } from 'vitest';
import { cidrsOverlap } from '@maxai/topology/cidr';
import { platform } from '@maxai/topology/platform';
import { releases } from '@maxai/topology/releases';
import { plain, type Resources } from '../../tests/registered.ts';
import { inputsOf } from '../../tests/sdk-inputs.ts';
import { awsProgram } from '../src/aws-program.ts';
import { runAwsProgram, settings } from './support/run-aws-program.ts';

const cluster = 'aws:eks/cluster:Cluster';
const group = 'aws:eks/nodeGroup:NodeGroup';
const pools = ['api-pool', 'services-pool', 'jobs-pool'];
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runAwsProgram('production');
  staging = await runAwsProgram('staging', { gateway: 'planned', databaseReservation: null });
});

type Scaling = { minSize: number; maxSize: number };
type Rule = { fromPort: number; cidrBlocks: string[]; securityGroups: string[] };

function bounds(resources: Resources): [number, number] {
  const sizes = pools.map((name) => resources.inputs(group, name)['scalingConfig'] as Scaling);
  return [
    sizes.reduce((sum, { minSize }) => sum + minSize, 0),
    sizes.reduce((sum, { maxSize }) => sum + maxSize, 0),
  ];
}

function subnetsOf(resources: Resources, name: string): string[] {
  const ids = resources.inputs(group, name)['subnetIds'] as string[];
  return ids.map((id) => id.replace(/-id$/, ''));
}

describe('the EKS cluster', () => {
  it('spreads production over three zones and 3 to 20 nodes [R4,R11]', () => {
    expect(bounds(production)).toEqual([3, 20]);
    expect(subnetsOf(production, 'api-pool')).toEqual([
      'nodes-us-east-1a',
      'nodes-us-east-1b',
      'nodes-us-east-1c',
    ]);
    expect(production.inputs(cluster, 'cluster')).toMatchObject({
      name: 'maxai-production',
      deletionProtection: true,
      zonalShiftConfig: { enabled: true },
    });
  });

  it('keeps the nodes of staging in one zone, 2 to 10 [R5,R11]', () => {
    expect(bounds(staging)).toEqual([2, 10]);
    for (const name of pools) expect(subnetsOf(staging, name)).toEqual(['nodes-us-east-1a']);
  });

  it.each([
    ['api-pool', 'm7i.xlarge', 'm7i.large'],
    ['services-pool', 'm7i.xlarge', 'm7i.large'],
    ['jobs-pool', 'm7i.large', 'm7i.large'],
  ])('runs %s on %s in production and on %s in staging [R7,R8,R9]', (name, large, small) => {
    const labels = { 'maxai.io/node-pool': name };
    expect(production.inputs(group, name)).toMatchObject({ instanceTypes: [large], labels });
    expect(staging.inputs(group, name)).toMatchObject({ instanceTypes: [small], labels });
  });

  it('taints every pool but the one for the pods of the cluster itself', () => {
    const taint = (value: string) => ({ key: 'maxai.io/node-pool', value, effect: 'NO_SCHEDULE' });
    expect(pools.map((name) => production.inputs(group, name)['taints'])).toEqual([
      [taint('api-pool')],
      [],
      [taint('jobs-pool')],
    ]);
  });

  it('enforces network policies, seals its secrets and answers only those who operate it', () => {
    const addon = production.inputs('aws:eks/addon:Addon', 'vpc-cni');
    expect(JSON.parse(String(addon['configurationValues']))).toMatchObject({
      enableNetworkPolicy: 'true',
    });
    expect(production.inputs(cluster, 'cluster')).toMatchObject({
      accessConfig: { authenticationMode: 'API' },
      encryptionConfig: { resources: ['secrets'] },
      vpcConfig: { endpointPrivateAccess: true, publicAccessCidrs: ['198.51.100.0/24'] },
    });
    expect(production.inputs('aws:eks/accessEntry:AccessEntry', 'deployer')).toMatchObject({
      principalArn: settings.deployerRoleArn,
    });
  });

  it('keeps the credentials of a machine from its pods', () => {
    const template = 'aws:ec2/launchTemplate:LaunchTemplate';
    for (const name of pools) {
      expect(production.inputs(template, name)['metadataOptions']).toMatchObject({
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
      });
    }
  });
});

describe('the network', () => {
  it('admits nobody from the internet to anything [R42]', () => {
    const groups = production.ofType('aws:ec2/securityGroup:SecurityGroup');
    const open = groups.filter(({ inputs }) =>
      (plain(inputs['ingress']) as Rule[]).some(({ cidrBlocks }) =>
        cidrBlocks.includes('0.0.0.0/0'),
      ),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
    expect(groups.length).toBeGreaterThan(6);
    const usual = production.inputs('aws:ec2/defaultSecurityGroup:DefaultSecurityGroup', 'default');
    expect(usual).not.toHaveProperty('ingress');
    for (const { inputs } of production.ofType('aws:ec2/subnet:Subnet')) {
      expect(inputs['mapPublicIpOnLaunch']).toBe(false);
    }
  });

  it('lets data be reached from nodes and n8n alone, and gives it no way out [R44,R45]', () => {
    const ingress = (name: string) =>
      production.inputs('aws:ec2/securityGroup:SecurityGroup', name)['ingress'] as Rule[];
    const nodes = ['10.32.64.0/20', '10.32.80.0/20', '10.32.96.0/20'];
    expect(ingress('redis-queue')).toMatchObject([{ fromPort: 6379, cidrBlocks: nodes }]);
    const [postgres] = ingress('postgres');
    expect(postgres).toMatchObject({ fromPort: 5432 });
    expect(postgres?.cidrBlocks.slice(0, 3)).toEqual(nodes);
    expect(postgres?.cidrBlocks.slice(3)).toEqual([
      '10.32.140.0/24',
      '10.32.141.0/24',
      '10.32.142.0/24',
    ]);
    const ways = production.ofType('aws:ec2/route:Route').map(({ name }) => name);
    expect(ways.toSorted()).toEqual(['n8n', 'nodes-0', 'nodes-1', 'nodes-2', 'public']);
  });

  it.each(['production', 'staging'] as const)('gives the subnets of %s apart addresses', (name) => {
    const resources = name === 'production' ? production : staging;
    const all = resources
      .ofType('aws:ec2/subnet:Subnet')
      .map(({ inputs }) => String(inputs['cidrBlock']));
    const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
    expect(pairs.filter(([one = '', other = '']) => cidrsOverlap(one, other))).toEqual([]);
    expect(all).toHaveLength(name === 'production' ? 21 : 14);
  });

  it('has a way out in every zone that nodes run in', () => {
    const gateway = 'aws:ec2/natGateway:NatGateway';
    expect(production.ofType(gateway)).toHaveLength(3);
    expect(staging.ofType(gateway)).toHaveLength(1);
  });
});

describe('the registry', () => {
  it('keeps the images of every release 90 days and never moves a tag [R121]', () => {
    const repositories = production.ofType('aws:ecr/repository:Repository');
    const images = [...Object.keys(releases.production.images), 'n8n'];
    expect(repositories.map(({ name }) => name).toSorted()).toEqual(images.toSorted());
    for (const { name, inputs } of repositories) {
      expect(inputs['imageTagMutability']).toBe('IMMUTABLE');
      const rule = production.inputs('aws:ecr/lifecyclePolicy:LifecyclePolicy', name);
      expect(JSON.parse(String(rule['policy']))).toMatchObject({
        rules: [
          { selection: { countType: 'sinceImagePushed', countUnit: 'days', countNumber: 90 } },
        ],
      });
    }
  });
});

describe('every resource', () => {
  const ours = (resources: Resources) =>
    resources.all.filter(({ type }) => type.startsWith('aws:'));

  it('is of a type Amazon has, with inputs the type takes', () => {
    const unknown = [...ours(production), ...ours(staging)].flatMap(({ type, name, inputs }) =>
      Object.keys(inputs)
        .filter((input) => !inputsOf(type).has(input))
        .map((input) => `${type} ${name}: ${input}`),
    );
    expect(unknown).toEqual([]);
    expect(ours(production).length).toBeGreaterThan(250);
  });

  it('says environment, service, cost centre and owner wherever it takes tags [R128]', () => {
    const missing = [...ours(production), ...ours(staging)].flatMap((resource) => {
      const takes = inputsOf(resource.type);
      if (!takes.has('tags')) return [];
      const tags = Object.keys(plain(resource.inputs['tags']) ?? {});
      return ['environment', 'service', 'cost-centre', 'owner']
        .filter((tag) => !tags.includes(tag))
        .map((tag) => `${resource.type} ${resource.name}: ${tag}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('a stack that is no environment', () => {
  it('is refused with the names there are', () => {
    expect(() => awsProgram(platform, 'prod', settings)).toThrow(
      'No environment prod: select a stack named after one of production, staging, development',
    );
    expect(() => awsProgram(platform, 'development', settings)).toThrow(
      'development runs on one machine',
    );
  });
});
