import { beforeAll, describe, expect, it } from 'vitest';
import { cidrsOverlap } from '@maxai/topology/cidr';
import { platform } from '@maxai/topology/platform';
import { plain, type Resources } from '../../tests/registered.ts';
import { inputsOf } from '../../tests/sdk-inputs.ts';
import { gcpProgram } from '../src/gcp-program.ts';
import { runGcpProgram, settings } from './support/run-gcp-program.ts';

const cluster = 'gcp:container/cluster:Cluster';
const pool = 'gcp:container/nodePool:NodePool';
const pools = ['api-pool', 'services-pool', 'jobs-pool'];
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runGcpProgram('production');
  staging = await runGcpProgram('staging');
});

type Rule = { sourceRanges: string[]; allows?: object[]; denies?: object[] };
type Bounds = { totalMinNodeCount: number; totalMaxNodeCount: number };

function bounds(resources: Resources): [number, number] {
  const sizes = pools.map((name) => resources.inputs(pool, name)['autoscaling'] as Bounds);
  return [
    sizes.reduce((sum, { totalMinNodeCount }) => sum + totalMinNodeCount, 0),
    sizes.reduce((sum, { totalMaxNodeCount }) => sum + totalMaxNodeCount, 0),
  ];
}

describe('the GKE cluster', () => {
  it('spreads production over three zones and 3 to 20 nodes [R4,R11]', () => {
    expect(production.inputs(cluster, 'cluster')).toMatchObject({
      location: 'us-central1',
      nodeLocations: ['us-central1-a', 'us-central1-b', 'us-central1-c'],
      deletionProtection: true,
      releaseChannel: { channel: 'STABLE' },
    });
    expect(bounds(production)).toEqual([3, 20]);
  });

  it('keeps the nodes of staging in one zone, 2 to 10 [R5,R11]', () => {
    for (const inputs of [staging.inputs(cluster, 'cluster'), staging.inputs(pool, 'api-pool')]) {
      expect(inputs['location']).toBe('us-central1-a');
      expect(inputs).not.toHaveProperty('nodeLocations');
    }
    expect(bounds(staging)).toEqual([2, 10]);
  });

  it('enforces network policies, gives pods identities and hides nodes and control plane', () => {
    expect(production.inputs(cluster, 'cluster')).toMatchObject({
      name: 'maxai-production',
      datapathProvider: 'ADVANCED_DATAPATH',
      enableFqdnNetworkPolicy: true,
      workloadIdentityConfig: { workloadPool: 'maxai-production.svc.id.goog' },
      privateClusterConfig: { enablePrivateNodes: true },
      controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
      databaseEncryption: { state: 'ENCRYPTED' },
      gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
    });
  });

  it.each([
    ['api-pool', 'e2-standard-4', 'e2-standard-2'],
    ['services-pool', 'e2-standard-4', 'e2-standard-2'],
    ['jobs-pool', 'e2-standard-2', 'e2-standard-2'],
  ])('runs %s on %s in production and on %s in staging [R7,R8,R9]', (name, large, small) => {
    const labels = { 'maxai.io/node-pool': name };
    expect(production.inputs(pool, name)['nodeConfig']).toMatchObject({
      machineType: large,
      labels,
      workloadMetadataConfig: { mode: 'GKE_METADATA' },
    });
    expect(staging.inputs(pool, name)['nodeConfig']).toMatchObject({ machineType: small, labels });
  });

  it('taints every pool but the one for the pods of the cluster itself', () => {
    const taints = pools.map(
      (name) => (production.inputs(pool, name)['nodeConfig'] as { taints: unknown[] }).taints,
    );
    const taint = (value: string) => ({ key: 'maxai.io/node-pool', value, effect: 'NO_SCHEDULE' });
    expect(taints).toEqual([[taint('api-pool')], [], [taint('jobs-pool')]]);
  });
});

describe('the network', () => {
  it('lets the internet through no rule: 443 ends at the balancers before it [R42]', () => {
    const rules = production
      .ofType('gcp:compute/firewall:Firewall')
      .map(({ name, inputs }) => ({ name, ...(plain(inputs) as Rule) }));
    const open = rules.filter(
      (rule) => rule.allows !== undefined && rule.sourceRanges.includes('0.0.0.0/0'),
    );
    expect(open).toEqual([]);
    expect(rules.find(({ name }) => name === 'deny-all')).toMatchObject({
      sourceRanges: ['0.0.0.0/0'],
      denies: [{ protocol: 'all' }],
    });
    expect(rules.find(({ name }) => name === 'load-balancer')).toMatchObject({
      sourceRanges: ['130.211.0.0/22', '35.191.0.0/16'],
      allows: [{ protocol: 'tcp', ports: ['4101', '4102'] }],
    });
    const ports = production
      .ofType('gcp:compute/globalForwardingRule:GlobalForwardingRule')
      .map(({ inputs }) => inputs['portRange']);
    expect(ports).toEqual(['443']);
  });

  it('gives its subnets and the peered data ranges addresses that do not overlap', () => {
    const subnets = production
      .ofType('gcp:compute/subnetwork:Subnetwork')
      .flatMap(({ inputs }) => [
        String(inputs['ipCidrRange']),
        ...((plain(inputs['secondaryIpRanges']) ?? []) as { ipCidrRange: string }[]).map(
          ({ ipCidrRange }) => ipCidrRange,
        ),
      ]);
    const peered = production
      .ofType('gcp:compute/globalAddress:GlobalAddress')
      .filter(({ inputs }) => inputs['purpose'] === 'VPC_PEERING')
      .map(({ inputs }) => `${String(inputs['address'])}/${String(inputs['prefixLength'])}`);
    const all = [...subnets, ...peered];
    expect(all).toHaveLength(8);
    const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
    expect(pairs.filter(([one = '', other = '']) => cidrsOverlap(one, other))).toEqual([]);
  });
});

describe('the registry', () => {
  it('keeps images 90 days and never moves a tag [R121]', () => {
    const name = 'gcp:artifactregistry/repository:Repository';
    expect(production.inputs(name, 'platform')).toMatchObject({
      dockerConfig: { immutableTags: true },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        { action: 'DELETE', condition: { olderThan: '7776000s' } },
        { action: 'KEEP', mostRecentVersions: { keepCount: 10 } },
      ],
    });
  });
});

describe('every resource', () => {
  const ours = (resources: Resources) =>
    resources.all.filter(({ type }) => type.startsWith('gcp:'));

  it('is of a type Google Cloud has, with inputs the type takes', () => {
    const unknown = [...ours(production), ...ours(staging)].flatMap(({ type, name, inputs }) =>
      Object.keys(inputs)
        .filter((input) => !inputsOf(type).has(input))
        .map((input) => `${type} ${name}: ${input}`),
    );
    expect(unknown).toEqual([]);
    expect(ours(production).length).toBeGreaterThan(200);
  });

  it('says environment, service, cost centre and owner wherever it takes labels [R128]', () => {
    const fields = ['resourceLabels', 'userLabels', 'labels'];
    const missing = [...ours(production), ...ours(staging)].flatMap((resource) => {
      const field = fields.find((candidate) => inputsOf(resource.type).has(candidate));
      if (field === undefined) return [];
      const labels = Object.keys(plain(resource.inputs[field]) ?? {});
      const lacks = ['environment', 'service', 'cost-centre', 'owner'].filter(
        (label) => !labels.includes(label),
      );
      return lacks.map((label) => `${resource.type} ${resource.name}: ${label}`);
    });
    expect(missing).toEqual([]);
  });

  it('labels what belongs to a deployable with its own name and owner [R128]', () => {
    const portal = production.inputs('gcp:cloudrunv2/service:Service', 'portal-web');
    expect(portal['labels']).toEqual({
      environment: 'prod',
      service: 'portal-web',
      'cost-centre': 'engineering',
      owner: platform.webApps.find(({ name }) => name === 'portal-web')?.owner,
    });
  });
});

describe('a stack that is no environment', () => {
  it('is refused with the names there are', () => {
    expect(() => gcpProgram(platform, 'prod', settings)).toThrow(
      'No environment prod: select a stack named after one of production, staging, development',
    );
    expect(() => gcpProgram(platform, 'development', settings)).toThrow(
      'development runs on one machine',
    );
  });
});
