import * as compute from '@pulumi/gcp/compute/index.js';
import { routedDeployables } from '@maxai/topology/network/pods-in-cluster';
import { n8nPort } from '@maxai/topology/n8n-variables';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';

export const networkTags = { nodes: 'maxai-nodes', n8n: 'maxai-n8n' } as const;

/**
 * No rule admits the internet: the load balancers answer 443 in front of the network and come in from
 * Google's ranges. What the cluster itself needs, GKE adds.
 */
export function createFirewall(stack: GcpStack, { vpc, proxies }: Network) {
  const { platform, environment, target, within } = stack;
  const rule = (name: string, args: Omit<compute.FirewallArgs, 'network'>) =>
    new compute.Firewall(
      name,
      {
        ...args,
        network: vpc.id,
        direction: 'INGRESS',
        logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
      },
      within,
    );
  const publicPorts = routedDeployables({ platform, environment, cluster: target }).map(
    ({ port }) => String(port),
  );
  rule('deny-all', {
    priority: 65_534,
    sourceRanges: ['0.0.0.0/0'],
    denies: [{ protocol: 'all' }],
  });
  rule('load-balancer', {
    priority: 1000,
    sourceRanges: [...target.network.loadBalancerCidrs],
    targetTags: [networkTags.nodes],
    allows: [{ protocol: 'tcp', ports: publicPorts }],
  });
  rule('n8n', {
    priority: 1000,
    sourceRanges: [proxies.ipCidrRange, ...target.network.loadBalancerCidrs],
    targetTags: [networkTags.n8n],
    allows: [{ protocol: 'tcp', ports: [String(n8nPort)] }],
  });
}
