import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import { subnetOf } from '@maxai/topology/cidr';
import { dataCidrOf, type DataStore } from '@maxai/topology/data-networks';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import { policy, trustService } from './policy.ts';

const stores = ['postgres', 'redis-cache', 'redis-queue', 'n8n'] as const satisfies DataStore[];

export type Network = {
  readonly vpc: ec2.Vpc;
  /** Nodes and pods, and the web apps; without addresses of their own. */
  readonly nodes: readonly ec2.Subnet[];
  readonly store: (store: (typeof stores)[number]) => readonly ec2.Subnet[];
  /** The address the platform's calls come from, one for each way out. */
  readonly egressAddresses: readonly ec2.Eip[];
};

/** EKS, RDS and load balancers ask for two zones even where all that runs is in one. */
export function subnetZones({ target }: AwsStack): string[] {
  return target.zones.length > 1 ? [...target.zones] : [target.zones[0], `${target.region}b`];
}

function subnets(
  stack: AwsStack,
  vpc: ec2.Vpc,
  name: string,
  cidr: (index: number) => string,
  more: Record<string, string> = {},
) {
  return subnetZones(stack).map(
    (zone, index) =>
      new ec2.Subnet(
        `${name}-${zone}`,
        {
          vpcId: vpc.id,
          availabilityZone: zone,
          cidrBlock: cidr(index),
          mapPublicIpOnLaunch: false,
          tags: { ...stack.tags(), Name: `${name}-${zone}`, ...more },
        },
        stack.within,
      ),
  );
}

function routeTable(
  { within, tags }: AwsStack,
  vpc: ec2.Vpc,
  name: string,
  way: Partial<ec2.RouteArgs> | null,
  of: readonly ec2.Subnet[],
) {
  const table = new ec2.RouteTable(
    name,
    { vpcId: vpc.id, tags: { ...tags(), Name: name } },
    within,
  );
  if (way !== null) {
    new ec2.Route(
      name,
      { routeTableId: table.id, destinationCidrBlock: '0.0.0.0/0', ...way },
      within,
    );
  }
  for (const [index, subnet] of of.entries()) {
    new ec2.RouteTableAssociation(
      `${name}-${index}`,
      { routeTableId: table.id, subnetId: subnet.id },
      within,
    );
  }
  return table;
}

/** One way out for each zone that nodes run in: a zone's failure closes no other's. */
function waysOut(stack: AwsStack, open: readonly ec2.Subnet[]) {
  return stack.target.zones.map((zone, index) => {
    const tags = { ...stack.tags(), Name: `egress-${zone}` };
    const address = new ec2.Eip(`egress-${zone}`, { domain: 'vpc', tags }, stack.within);
    const gateway = new ec2.NatGateway(
      `egress-${zone}`,
      {
        subnetId: required(open[index], `No public subnet in ${zone}`).id,
        allocationId: address.id,
        tags,
      },
      stack.within,
    );
    return { address, gateway };
  });
}

function flowLogs({ within, tags, sizing }: AwsStack, vpc: ec2.Vpc, { key }: Keys) {
  const group = new cloudwatch.LogGroup(
    'flows',
    {
      name: '/maxai/flows',
      retentionInDays: sizing.logRetentionDays,
      kmsKeyId: key.arn,
      tags: tags(),
    },
    within,
  );
  const role = new iam.Role(
    'flows',
    { assumeRolePolicy: trustService('vpc-flow-logs'), tags: tags() },
    within,
  );
  const write = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'];
  new iam.RolePolicy(
    'flows',
    { role: role.id, policy: policy([{ Effect: 'Allow', Action: write, Resource: '*' }]) },
    within,
  );
  new ec2.FlowLog(
    'vpc',
    {
      vpcId: vpc.id,
      trafficType: 'ALL',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: tags(),
    },
    within,
  );
}

/** Network, subnets by purpose, ways out; what holds data has no way in or out of the network. */
export function createNetwork(stack: AwsStack, keys: Keys): Network {
  const { target, environment, within, tags } = stack;
  const { cidr, podCidr, loadBalancerCidrs } = target.network;
  const vpc = new ec2.Vpc(
    'vpc',
    {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { ...tags(), Name: `maxai-${environment.shortName}` },
    },
    within,
  );
  // The group machines get when nobody chose one admits nothing and lets nothing out.
  new ec2.DefaultSecurityGroup('default', { vpcId: vpc.id, tags: tags() }, within);
  const internet = new ec2.InternetGateway('internet', { vpcId: vpc.id, tags: tags() }, within);
  // Only the ways out have public addresses; no load balancer finds a public subnet to stand in.
  const open = subnets(stack, vpc, 'public', (index) => subnetOf(loadBalancerCidrs[0], 24, index));
  const entry = subnets(
    stack,
    vpc,
    'entry',
    (index) => subnetOf(loadBalancerCidrs[0], 22, index + 1),
    { 'kubernetes.io/role/internal-elb': '1' },
  );
  const nodes = subnets(stack, vpc, 'nodes', (index) => subnetOf(podCidr, 20, index));
  const data = stores.map((store) =>
    subnets(stack, vpc, store, (index) => subnetOf(dataCidrOf(target, store), 24, index)),
  );
  const out = waysOut(stack, open);
  routeTable(stack, vpc, 'public', { gatewayId: internet.id }, open);
  const [first] = out;
  for (const [index, subnet] of nodes.entries()) {
    const { gateway } = required(out[index] ?? first, 'No way out of the network');
    routeTable(stack, vpc, `nodes-${index}`, { natGatewayId: gateway.id }, [subnet]);
  }
  const [postgres = [], cache = [], queue = [], n8n = []] = data;
  routeTable(stack, vpc, 'data', null, [...postgres, ...cache, ...queue]);
  routeTable(stack, vpc, 'entry', null, entry);
  const { gateway } = required(first, 'No way out of the network');
  routeTable(stack, vpc, 'n8n', { natGatewayId: gateway.id }, n8n);
  flowLogs(stack, vpc, keys);
  return {
    vpc,
    nodes,
    store: (store) => required(data[stores.indexOf(store)], `No subnets for ${store}`),
    egressAddresses: out.map(({ address }) => address),
  };
}
