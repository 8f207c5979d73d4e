import * as container from '@pulumi/gcp/container/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import * as serviceaccount from '@pulumi/gcp/serviceaccount/index.js';
import { interpolate } from '@pulumi/pulumi';
import { clusterLocation, clusterName } from '@maxai/topology/entry-names';
import { nodePoolLabels, nodePoolTaints } from '@maxai/topology/node-pools';
import type { NodePoolName } from '@maxai/topology/model';
import type { NodePoolSize } from '@maxai/topology/model/cloud';
import { networkTags } from './firewall.ts';
import type { GcpStack } from './gcp-stack.ts';
import { createKey } from './keys.ts';
import { secondaryRanges, type Network } from './network.ts';

const nodeRoles = [
  'roles/logging.logWriter',
  'roles/monitoring.metricWriter',
  'roles/monitoring.viewer',
  'roles/stackdriver.resourceMetadata.writer',
  'roles/artifactregistry.reader',
];

/** Machines run as an account that may write telemetry and pull images, not as the project's default one. */
function nodeAccount({ target, within }: GcpStack): serviceaccount.Account {
  const account = new serviceaccount.Account(
    'nodes',
    { accountId: 'k8s-nodes', displayName: 'Nodes of the cluster' },
    within,
  );
  for (const role of nodeRoles) {
    new projects.IAMMember(
      `nodes-${role.replace('roles/', '')}`,
      { project: target.account, role, member: interpolate`serviceAccount:${account.email}` },
      within,
    );
  }
  return account;
}

function location({ environment, target }: GcpStack) {
  const [, ...others] = target.zones;
  return {
    location: clusterLocation(environment, target),
    ...(others.length > 0 ? { nodeLocations: [...target.zones] } : {}),
  };
}

function createPool(
  stack: GcpStack,
  cluster: container.Cluster,
  account: serviceaccount.Account,
  [name, size]: [NodePoolName, NodePoolSize],
) {
  return new container.NodePool(
    name,
    {
      name,
      cluster: cluster.id,
      ...location(stack),
      initialNodeCount: 1,
      autoscaling: {
        totalMinNodeCount: size.nodesMin,
        totalMaxNodeCount: size.nodesMax,
        locationPolicy: 'BALANCED',
      },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: 'SURGE', maxSurge: 1, maxUnavailable: 0 },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: {
        machineType: size.machine.type,
        imageType: 'COS_CONTAINERD',
        diskType: 'pd-balanced',
        diskSizeGb: 100,
        serviceAccount: account.email,
        oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        labels: nodePoolLabels(name),
        taints: nodePoolTaints(name).map(({ key, value }) => ({
          key,
          value,
          effect: 'NO_SCHEDULE',
        })),
        tags: [networkTags.nodes],
        workloadMetadataConfig: { mode: 'GKE_METADATA' },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        kubeletConfig: { insecureKubeletReadonlyPortEnabled: 'FALSE' },
        resourceLabels: stack.labels(),
      },
    },
    stack.within,
  );
}

/** The cluster and its three pools; its bounds are the sum of the pools' bounds. */
export function createCluster(stack: GcpStack, { vpc, nodes }: Network) {
  const { environment, target, within, labels } = stack;
  const secretsKey = createKey(stack, 'cluster', { gke: 'container-engine-robot' });
  const cluster = new container.Cluster(
    'cluster',
    {
      name: clusterName(environment),
      ...location(stack),
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      network: vpc.id,
      subnetwork: nodes.id,
      networkingMode: 'VPC_NATIVE',
      ipAllocationPolicy: {
        clusterSecondaryRangeName: secondaryRanges.pods,
        servicesSecondaryRangeName: secondaryRanges.services,
      },
      // Dataplane V2: enforces network policies, the FQDN kind too.
      datapathProvider: 'ADVANCED_DATAPATH',
      enableFqdnNetworkPolicy: target.egress === 'FQDN policies',
      privateClusterConfig: { enablePrivateNodes: true },
      // The API is reached by its DNS name, which asks IAM first; it has no address of its own.
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true },
        ipEndpointsConfig: { enabled: false },
      },
      workloadIdentityConfig: { workloadPool: `${target.account}.svc.id.goog` },
      releaseChannel: { channel: stack.protected ? 'STABLE' : 'REGULAR' },
      gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
      addonsConfig: {
        httpLoadBalancing: { disabled: false },
        dnsCacheConfig: { enabled: true },
      },
      databaseEncryption: { state: 'ENCRYPTED', keyName: secretsKey.key.id },
      loggingConfig: { enableComponents: ['SYSTEM_COMPONENTS', 'WORKLOADS'] },
      monitoringConfig: {
        enableComponents: ['SYSTEM_COMPONENTS'],
        managedPrometheus: { enabled: false },
      },
      maintenancePolicy: {
        recurringWindow: {
          startTime: '2026-01-03T06:00:00Z',
          endTime: '2026-01-03T12:00:00Z',
          recurrence: 'FREQ=WEEKLY;BYDAY=SA,SU',
        },
      },
      costManagementConfig: { enabled: true },
      deletionProtection: stack.protected,
      resourceLabels: labels(),
    },
    { ...within, dependsOn: secretsKey.grants },
  );
  const account = nodeAccount(stack);
  // The keys of the record are the pools of the model.
  const pools = Object.entries(stack.sizing.nodePools) as [NodePoolName, NodePoolSize][];
  for (const pool of pools) createPool(stack, cluster, account, pool);
  return cluster;
}
