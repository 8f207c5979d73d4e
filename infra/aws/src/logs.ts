import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import * as kinesis from '@pulumi/aws/kinesis/index.js';
import * as opensearch from '@pulumi/aws/opensearch/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import { interpolate } from '@pulumi/pulumi';
import { clusterName } from '@maxai/topology/entry-names';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { policy, trustService } from './policy.ts';
import { createSecurityGroup } from './security-group.ts';

/** Where lines are searched: nodes in as many zones as the environment has. */
function createSearch(stack: AwsStack, network: Network, { key }: Keys) {
  const { target, within, tags } = stack;
  const zones = target.zones.length;
  const wall = createSecurityGroup(stack, network, 'logs', {
    ingress: [{ port: 443, cidrs: network.nodes.map(({ cidrBlock }) => cidrBlock.apply(String)) }],
    talks: false,
  });
  const domain = new opensearch.Domain(
    'logs',
    {
      domainName: 'maxai-logs',
      engineVersion: 'OpenSearch_3.1',
      clusterConfig: {
        instanceType: 'r7g.large.search',
        instanceCount: zones,
        ...(zones > 1
          ? { zoneAwarenessEnabled: true, zoneAwarenessConfig: { availabilityZoneCount: zones } }
          : {}),
      },
      ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: 200 },
      vpcOptions: {
        subnetIds: network.nodes.slice(0, zones).map(({ id }) => id),
        securityGroupIds: [wall.id],
      },
      encryptAtRest: { enabled: true, kmsKeyId: key.arn },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: {
        enforceHttps: true,
        tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10',
      },
      tags: tags(),
    },
    within,
  );
  return { domain, wall };
}

function deliveryRole(
  { within, tags }: AwsStack,
  domain: opensearch.Domain,
  rejected: s3.Bucket,
): iam.Role {
  const role = new iam.Role(
    'log-delivery',
    { assumeRolePolicy: trustService('firehose'), tags: tags() },
    within,
  );
  new iam.RolePolicy(
    'log-delivery',
    {
      role: role.id,
      policy: policy([
        {
          Effect: 'Allow',
          Action: ['es:DescribeDomain*', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpGet'],
          Resource: [domain.arn, interpolate`${domain.arn}/*`],
        },
        {
          Effect: 'Allow',
          Action: [
            's3:PutObject',
            's3:GetBucketLocation',
            's3:ListBucket',
            's3:AbortMultipartUpload',
          ],
          Resource: [rejected.arn, interpolate`${rejected.arn}/*`],
        },
        {
          Effect: 'Allow',
          Action: [
            'ec2:DescribeVpcs',
            'ec2:DescribeVpcAttribute',
            'ec2:DescribeSubnets',
            'ec2:DescribeSecurityGroups',
            'ec2:DescribeNetworkInterfaces',
            'ec2:CreateNetworkInterface',
            'ec2:CreateNetworkInterfacePermission',
            'ec2:DeleteNetworkInterface',
          ],
          Resource: '*',
        },
      ]),
    },
    within,
  );
  return role;
}

function createDelivery(stack: AwsStack, network: Network, keys: Keys) {
  const { target, within, tags } = stack;
  const { domain, wall } = createSearch(stack, network, keys);
  const rejected = new s3.Bucket('log-rejects', { tags: tags() }, within);
  const role = deliveryRole(stack, domain, rejected);
  return new kinesis.FirehoseDeliveryStream(
    'logs',
    {
      name: 'logs',
      destination: 'opensearch',
      opensearchConfiguration: {
        domainArn: domain.arn,
        roleArn: role.arn,
        indexName: 'logs',
        indexRotationPeriod: 'OneDay',
        s3BackupMode: 'FailedDocumentsOnly',
        s3Configuration: { roleArn: role.arn, bucketArn: rejected.arn },
        vpcConfig: {
          subnetIds: network.nodes.slice(0, target.zones.length).map(({ id }) => id),
          securityGroupIds: [wall.id],
          roleArn: role.arn,
        },
        // CloudWatch hands lines on compressed and in its own envelope.
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: 'Decompression',
              parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }],
            },
            {
              type: 'CloudWatchLogProcessing',
              parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }],
            },
          ],
        },
      },
      tags: tags(),
    },
    within,
  );
}

/** Log lines of every process of the cluster, kept in CloudWatch and searched in OpenSearch. */
export function createLogs(stack: AwsStack, network: Network, keys: Keys): void {
  const { environment, sizing, within, tags } = stack;
  const group = new cloudwatch.LogGroup(
    'application',
    {
      name: `/aws/containerinsights/${clusterName(environment)}/application`,
      retentionInDays: sizing.logRetentionDays,
      kmsKeyId: keys.key.arn,
      tags: tags(),
    },
    within,
  );
  const delivery = createDelivery(stack, network, keys);
  const role = new iam.Role(
    'logs',
    { assumeRolePolicy: trustService('logs'), tags: tags() },
    within,
  );
  new iam.RolePolicy(
    'logs',
    {
      role: role.id,
      policy: policy([{ Effect: 'Allow', Action: 'firehose:PutRecord*', Resource: delivery.arn }]),
    },
    within,
  );
  new cloudwatch.LogSubscriptionFilter(
    'logs',
    {
      logGroup: group.name,
      filterPattern: '',
      destinationArn: delivery.arn,
      roleArn: role.arn,
    },
    within,
  );
}
