import * as ec2 from '@pulumi/aws/ec2/index.js';
import * as eks from '@pulumi/aws/eks/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type { NodePoolName } from '@maxai/topology/model';
import type { NodePoolSize } from '@maxai/topology/model/cloud';
import { nodePoolLabels, nodePoolTaints } from '@maxai/topology/node-pools';
import type { AwsStack } from './aws-stack.ts';
import type { Network } from './network.ts';
import { trustService } from './policy.ts';

const managed = 'arn:aws:iam::aws:policy';

const nodePolicies = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEKS_CNI_Policy',
  'AmazonEC2ContainerRegistryPullOnly',
  'CloudWatchAgentServerPolicy',
];

function nodeRole({ within, tags }: AwsStack): iam.Role {
  const role = new iam.Role(
    'nodes',
    { assumeRolePolicy: trustService('ec2'), tags: tags() },
    within,
  );
  for (const name of nodePolicies) {
    new iam.RolePolicyAttachment(
      `nodes-${name}`,
      { role: role.name, policyArn: `${managed}/${name}` },
      within,
    );
  }
  return role;
}

/** Encrypted disks, and credentials of the machine out of reach of its pods. */
function launchTemplate({ within, tags }: AwsStack, name: string) {
  const resources = ['instance', 'volume', 'network-interface'];
  return new ec2.LaunchTemplate(
    name,
    {
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', ebs: { volumeSize: 100, volumeType: 'gp3', encrypted: 'true' } },
      ],
      tagSpecifications: resources.map((resourceType) => ({ resourceType, tags: tags() })),
      updateDefaultVersion: true,
      tags: tags(),
    },
    within,
  );
}

/** One group for each pool, in the zones the environment runs in. */
export function createNodeGroups(
  stack: AwsStack,
  network: Network,
  cluster: eks.Cluster,
): eks.NodeGroup[] {
  const { sizing, target, within, tags } = stack;
  const role = nodeRole(stack);
  // The keys of the record are the pools of the model.
  const pools = Object.entries(sizing.nodePools) as [NodePoolName, NodePoolSize][];
  return pools.map(([name, { machine, nodesMin, nodesMax }]) => {
    const template = launchTemplate(stack, name);
    return new eks.NodeGroup(
      name,
      {
        nodeGroupName: name,
        clusterName: cluster.name,
        nodeRoleArn: role.arn,
        subnetIds: network.nodes.slice(0, target.zones.length).map(({ id }) => id),
        amiType: 'AL2023_x86_64_STANDARD',
        capacityType: 'ON_DEMAND',
        instanceTypes: [machine.type],
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        scalingConfig: { minSize: nodesMin, maxSize: nodesMax, desiredSize: nodesMin },
        labels: nodePoolLabels(name),
        taints: nodePoolTaints(name).map(({ key, value }) => ({
          key,
          value,
          effect: 'NO_SCHEDULE',
        })),
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        tags: tags(),
      },
      // The autoscaler moves the size between its bounds.
      { ...within, ignoreChanges: ['scalingConfig.desiredSize'] },
    );
  });
}
