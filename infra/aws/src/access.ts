import * as eks from '@pulumi/aws/eks/index.js';
import type { AwsStack } from './aws-stack.ts';
import type { Cluster } from './cluster.ts';

/** Who may change the cluster: the role the pipeline and, in need, people take. */
export function createClusterAccess(
  { settings, within, tags }: AwsStack,
  { cluster }: Cluster,
): void {
  const entry = new eks.AccessEntry(
    'deployer',
    { clusterName: cluster.name, principalArn: settings.deployerRoleArn, tags: tags() },
    within,
  );
  new eks.AccessPolicyAssociation(
    'deployer',
    {
      clusterName: cluster.name,
      principalArn: entry.principalArn,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
      accessScope: { type: 'cluster' },
    },
    within,
  );
}
