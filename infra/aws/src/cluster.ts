import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as eks from '@pulumi/aws/eks/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import { jsonStringify } from '@pulumi/pulumi';
import { clusterName } from '@maxai/topology/entry-names';
import { supportedMinors } from '@maxai/topology/kubernetes-schemas/load-schemas';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createNodeGroups } from './node-groups.ts';
import { trustService } from './policy.ts';

const managed = 'arn:aws:iam::aws:policy';

export type Cluster = {
  readonly cluster: eks.Cluster;
  /** The issuer of the cluster's service accounts, whom roles trust. */
  readonly issuer: iam.OpenIdConnectProvider;
};

function clusterRole({ within, tags }: AwsStack): iam.Role {
  const role = new iam.Role(
    'cluster',
    { assumeRolePolicy: trustService('eks'), tags: tags() },
    within,
  );
  new iam.RolePolicyAttachment(
    'cluster',
    { role: role.name, policyArn: `${managed}/AmazonEKSClusterPolicy` },
    within,
  );
  return role;
}

function createAddons({ within, tags }: AwsStack, cluster: eks.Cluster, groups: eks.NodeGroup[]) {
  const settings: Record<string, object> = {
    // Network policies are off in the VPC CNI unless asked for.
    'vpc-cni': { enableNetworkPolicy: 'true', nodeAgent: { enablePolicyEventLogs: 'true' } },
    coredns: { autoScaling: { enabled: true, minReplicas: 2, maxReplicas: 10 } },
    'kube-proxy': {},
    'eks-pod-identity-agent': {},
    'metrics-server': {},
    'amazon-cloudwatch-observability': { containerLogs: { enabled: true } },
  };
  for (const [addonName, values] of Object.entries(settings)) {
    new eks.Addon(
      addonName,
      {
        clusterName: cluster.name,
        addonName,
        configurationValues: jsonStringify(values),
        resolveConflictsOnCreate: 'OVERWRITE',
        resolveConflictsOnUpdate: 'OVERWRITE',
        tags: tags(),
      },
      { ...within, dependsOn: ['vpc-cni', 'kube-proxy'].includes(addonName) ? [] : groups },
    );
  }
}

/** The cluster and its three node groups; its bounds are the sum of the groups' bounds. */
export function createCluster(stack: AwsStack, network: Network, { key }: Keys): Cluster {
  const { environment, settings, sizing, within, tags } = stack;
  const name = clusterName(environment);
  const logs = new cloudwatch.LogGroup(
    'cluster',
    {
      name: `/aws/eks/${name}/cluster`,
      retentionInDays: sizing.logRetentionDays,
      kmsKeyId: key.arn,
      tags: tags(),
    },
    within,
  );
  const cluster = new eks.Cluster(
    'cluster',
    {
      name,
      roleArn: clusterRole(stack).arn,
      version: supportedMinors[0],
      upgradePolicy: { supportType: 'STANDARD' },
      deletionProtection: stack.protected,
      bootstrapSelfManagedAddons: false,
      accessConfig: {
        authenticationMode: 'API',
        bootstrapClusterCreatorAdminPermissions: false,
      },
      vpcConfig: {
        subnetIds: network.nodes.map(({ id }) => id),
        endpointPrivateAccess: true,
        endpointPublicAccess: settings.operatorCidrs.length > 0,
        publicAccessCidrs: [...settings.operatorCidrs],
      },
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ['secrets'] },
      enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
      zonalShiftConfig: { enabled: environment.cluster.zones === 'multi-zone' },
      tags: tags(),
    },
    { ...within, protect: stack.protected, dependsOn: [logs] },
  );
  const issuer = new iam.OpenIdConnectProvider(
    'cluster',
    {
      url: cluster.identities.apply(([identity]) => identity?.oidcs?.[0]?.issuer ?? ''),
      clientIdLists: ['sts.amazonaws.com'],
      tags: tags(),
    },
    within,
  );
  createAddons(stack, cluster, createNodeGroups(stack, network, cluster));
  return { cluster, issuer };
}
