import * as cloudrunv2 from '@pulumi/gcp/cloudrunv2/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import { platformCharge } from '@maxai/topology/cloud-identities';
import { n8nPort, n8nVariables } from '@maxai/topology/n8n-variables';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';
import type { Identities } from './secrets.ts';

export const n8nCharge = { ...platformCharge, service: 'n8n' };

/** How a balancer reaches n8n, which differs by what n8n runs on. */
export type BackendParts = Pick<
  compute.RegionBackendServiceArgs,
  'protocol' | 'portName' | 'backends' | 'healthChecks' | 'timeoutSec'
>;

/** n8n as one container that always runs, for environments without a machine of its own. */
export function createN8nContainer(
  stack: GcpStack,
  { vpc, nodes }: Network,
  identities: Identities,
): BackendParts {
  const { environment, target, settings, within, labels } = stack;
  const { plain, secret } = n8nVariables(environment);
  const service = new cloudrunv2.Service(
    'n8n',
    {
      name: 'n8n',
      location: target.region,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
      deletionProtection: false,
      template: {
        serviceAccount: identities.account('n8n').email,
        scaling: { minInstanceCount: 1, maxInstanceCount: 1 },
        timeout: '3600s',
        vpcAccess: {
          egress: 'PRIVATE_RANGES_ONLY',
          networkInterfaces: [{ network: vpc.id, subnetwork: nodes.id }],
        },
        containers: [
          {
            image: settings.n8n.image,
            ports: { containerPort: n8nPort },
            envs: [
              ...Object.entries(plain).map(([name, value]) => ({ name, value })),
              ...Object.entries(secret).map(([name, entry]) => ({
                name,
                valueSource: { secretKeyRef: { secret: entry, version: 'latest' } },
              })),
            ],
            // Workflows run between requests too.
            resources: { limits: { cpu: '1', memory: '2Gi' }, cpuIdle: false },
            startupProbe: { httpGet: { path: '/healthz', port: n8nPort }, failureThreshold: 12 },
          },
        ],
        labels: labels(n8nCharge),
      },
      labels: labels(n8nCharge),
    },
    within,
  );
  new cloudrunv2.ServiceIamMember(
    'n8n',
    { name: service.name, location: target.region, role: 'roles/run.invoker', member: 'allUsers' },
    within,
  );
  const group = new compute.RegionNetworkEndpointGroup(
    'n8n',
    {
      name: 'n8n',
      region: target.region,
      networkEndpointType: 'SERVERLESS',
      cloudRun: { service: service.name },
    },
    within,
  );
  return { protocol: 'HTTPS', backends: [{ group: group.id }] };
}
