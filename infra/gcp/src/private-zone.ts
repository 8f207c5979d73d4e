import * as dns from '@pulumi/gcp/dns/index.js';
import { privateZone } from '@maxai/topology/render/kubernetes/platform-components';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';

/** The names by which pods know their data servers, seen inside the network only. */
export function createPrivateZone({ environment, within, labels }: GcpStack, { vpc }: Network) {
  return new dns.ManagedZone(
    'private',
    {
      name: 'private',
      dnsName: `${privateZone(environment)}.`,
      description: 'Data servers by name',
      visibility: 'private',
      privateVisibilityConfig: { networks: [{ networkUrl: vpc.id }] },
      labels: labels(),
    },
    within,
  );
}
