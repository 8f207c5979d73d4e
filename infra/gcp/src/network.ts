import * as compute from '@pulumi/gcp/compute/index.js';
import * as servicenetworking from '@pulumi/gcp/servicenetworking/index.js';
import { subnetOf } from '@maxai/topology/cidr';
import { dataCidrOf, type DataStore } from '@maxai/topology/data-networks';
import type { GcpStack } from './gcp-stack.ts';

const managedStores = ['postgres', 'redis-cache', 'redis-queue'] as const;

export type Network = {
  readonly vpc: compute.Network;
  readonly nodes: compute.Subnetwork;
  readonly n8n: compute.Subnetwork;
  /** Where internal load balancers connect from. */
  readonly proxies: compute.Subnetwork;
  /** The peered range of each managed store, by name. */
  readonly storeRange: (store: (typeof managedStores)[number]) => compute.GlobalAddress;
  readonly peering: servicenetworking.Connection;
};

export const secondaryRanges = { pods: 'pods', services: 'services' } as const;

function subnets({ target, within }: GcpStack, vpc: compute.Network) {
  const { cidr, podCidr } = target.network;
  const common = { network: vpc.id, region: target.region };
  const logConfig = { aggregationInterval: 'INTERVAL_10_MIN', flowSampling: 0.5 };
  const nodes = new compute.Subnetwork(
    'nodes',
    {
      ...common,
      ipCidrRange: subnetOf(cidr, 20, 0),
      privateIpGoogleAccess: true,
      secondaryIpRanges: [
        { rangeName: secondaryRanges.pods, ipCidrRange: podCidr },
        { rangeName: secondaryRanges.services, ipCidrRange: subnetOf(cidr, 20, 1) },
      ],
      logConfig,
    },
    within,
  );
  const proxies = new compute.Subnetwork(
    'proxies',
    {
      ...common,
      ipCidrRange: subnetOf(cidr, 23, 16),
      purpose: 'REGIONAL_MANAGED_PROXY',
      role: 'ACTIVE',
    },
    within,
  );
  const n8n = new compute.Subnetwork(
    'n8n',
    {
      ...common,
      ipCidrRange: dataCidrOf(target, 'n8n'),
      privateIpGoogleAccess: true,
      logConfig,
    },
    within,
  );
  return { nodes, proxies, n8n };
}

/** The way out: one known address, no address on any machine. */
function egress({ target, within, labels }: GcpStack, vpc: compute.Network): compute.Address {
  const router = new compute.Router('egress', { network: vpc.id, region: target.region }, within);
  const address = new compute.Address(
    'egress',
    { region: target.region, labels: labels() },
    within,
  );
  new compute.RouterNat(
    'egress',
    {
      router: router.name,
      region: target.region,
      natIpAllocateOption: 'MANUAL_ONLY',
      natIps: [address.selfLink],
      sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
      logConfig: { enable: true, filter: 'ERRORS_ONLY' },
    },
    within,
  );
  return address;
}

/** Private service access: each store has its own range, as the network policies expect. */
function peering({ target, within, labels }: GcpStack, vpc: compute.Network) {
  const ranges = managedStores.map((store: DataStore) => {
    const [address, prefix] = dataCidrOf(target, store).split('/');
    return new compute.GlobalAddress(
      store,
      {
        name: store,
        purpose: 'VPC_PEERING',
        addressType: 'INTERNAL',
        address: address as string,
        prefixLength: Number(prefix),
        network: vpc.id,
        labels: labels(),
      },
      within,
    );
  });
  const connection = new servicenetworking.Connection(
    'data',
    {
      network: vpc.id,
      service: 'servicenetworking.googleapis.com',
      reservedPeeringRanges: ranges.map(({ name }) => name),
    },
    within,
  );
  return { ranges, connection };
}

/** Network, private ranges for data, one way out. */
export function createNetwork(stack: GcpStack) {
  const vpc = new compute.Network(
    'vpc',
    { name: 'maxai', autoCreateSubnetworks: false, routingMode: 'GLOBAL' },
    stack.within,
  );
  const { ranges, connection } = peering(stack, vpc);
  const storeRange: Network['storeRange'] = (store) =>
    ranges[managedStores.indexOf(store)] as compute.GlobalAddress;
  const network: Network = { vpc, ...subnets(stack, vpc), storeRange, peering: connection };
  return { network, egressAddress: egress(stack, vpc).address };
}
