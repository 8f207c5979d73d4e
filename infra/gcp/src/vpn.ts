import * as compute from '@pulumi/gcp/compute/index.js';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';

const asn = 64_514;

/** IPsec to the office, two tunnels; it is told of n8n's network and of no other. */
export function createVpn(stack: GcpStack, { vpc, n8n }: Network): void {
  const { target, settings, within, labels } = stack;
  const { vpn } = settings;
  const common = { region: target.region };
  const gateway = new compute.HaVpnGateway(
    'office',
    { name: 'office', network: vpc.id, ...common, labels: labels() },
    within,
  );
  const peer = new compute.ExternalVpnGateway(
    'office',
    {
      name: 'office',
      redundancyType: 'SINGLE_IP_INTERNALLY_REDUNDANT',
      interfaces: [{ id: 0, ipAddress: vpn.peerAddress }],
      labels: labels(),
    },
    within,
  );
  const router = new compute.Router(
    'office',
    {
      name: 'office',
      network: vpc.id,
      ...common,
      bgp: {
        asn,
        advertiseMode: 'CUSTOM',
        advertisedIpRanges: [{ range: n8n.ipCidrRange, description: 'n8n' }],
      },
    },
    within,
  );
  for (const index of [0, 1]) {
    const name = `office-${index}`;
    const tunnel = new compute.VPNTunnel(
      name,
      {
        name,
        ...common,
        vpnGateway: gateway.id,
        vpnGatewayInterface: index,
        peerExternalGateway: peer.id,
        peerExternalGatewayInterface: 0,
        ikeVersion: 2,
        sharedSecret: vpn.sharedSecret,
        router: router.id,
        labels: labels(),
      },
      within,
    );
    const side = new compute.RouterInterface(
      name,
      {
        name,
        ...common,
        router: router.name,
        ipRange: `169.254.${index}.1/30`,
        vpnTunnel: tunnel.name,
      },
      within,
    );
    new compute.RouterPeer(
      name,
      {
        name,
        ...common,
        router: router.name,
        interface: side.name,
        peerAsn: vpn.peerAsn,
        peerIpAddress: `169.254.${index}.2`,
      },
      within,
    );
  }
}
