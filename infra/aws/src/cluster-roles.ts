import * as iam from '@pulumi/aws/iam/index.js';
import { platformCharge } from '@maxai/topology/cloud-identities';
import type { AwsStack } from './aws-stack.ts';
import type { Cluster } from './cluster.ts';
import { policy, type Statement } from './policy.ts';
import { trustServiceAccount } from './secrets.ts';

const autoscaler: Statement[] = [
  {
    Effect: 'Allow',
    Action: [
      'autoscaling:Describe*',
      'ec2:DescribeImages',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:GetInstanceTypesFromInstanceRequirements',
      'eks:DescribeNodegroup',
    ],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/enabled': 'true' } },
  },
];

const loadBalancers: Statement[] = [
  {
    Effect: 'Allow',
    Action: [
      'acm:DescribeCertificate',
      'acm:ListCertificates',
      'ec2:Describe*',
      'ec2:GetSecurityGroupsForVpc',
      'elasticloadbalancing:Describe*',
      'wafv2:GetWebACL',
      'wafv2:GetWebACLForResource',
      'wafv2:AssociateWebACL',
      'wafv2:DisassociateWebACL',
    ],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Action: [
      'ec2:CreateSecurityGroup',
      'ec2:CreateTags',
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:Create*',
    ],
    Resource: '*',
  },
  {
    Effect: 'Allow',
    Action: [
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:DeleteSecurityGroup',
      'ec2:DeleteTags',
      'elasticloadbalancing:Delete*',
      'elasticloadbalancing:Modify*',
      'elasticloadbalancing:RegisterTargets',
      'elasticloadbalancing:DeregisterTargets',
      'elasticloadbalancing:RemoveTags',
      'elasticloadbalancing:Set*',
    ],
    Resource: '*',
    // Only what the controller itself made.
    Condition: { Null: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'false' } },
  },
];

/** What the cluster's own controllers may do in the account. */
export function createClusterRoles({ within, tags }: AwsStack, cluster: Cluster): void {
  const controllers = {
    'cluster-autoscaler': autoscaler,
    'aws-load-balancer-controller': loadBalancers,
  };
  for (const [name, statements] of Object.entries(controllers)) {
    const role = new iam.Role(
      name,
      {
        name: `k8s-${name}`,
        assumeRolePolicy: trustServiceAccount(cluster, 'kube-system', name),
        tags: tags({ ...platformCharge, service: name }),
      },
      within,
    );
    new iam.RolePolicy(name, { role: role.id, policy: policy(statements) }, within);
  }
}
