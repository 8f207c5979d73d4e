import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import type * as ec2 from '@pulumi/aws/ec2/index.js';
import * as ecs from '@pulumi/aws/ecs/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type * as lb from '@pulumi/aws/lb/index.js';
import { jsonStringify } from '@pulumi/pulumi';
import { platformCharge } from '@maxai/topology/cloud-identities';
import { n8nPort, n8nVariables } from '@maxai/topology/n8n-variables';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { Identities, SecretVault } from './secrets.ts';

export const n8nCharge = { ...platformCharge, service: 'n8n' };

const executionPolicy = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

type Parts = {
  readonly network: Network;
  readonly keys: Keys;
  readonly identities: Identities;
  readonly vault: SecretVault;
  readonly wall: ec2.SecurityGroup;
  readonly targets: lb.TargetGroup;
  readonly rule: lb.ListenerRule;
};

/** n8n as one container that always runs, for environments without a machine of its own. */
export function createN8nContainer(stack: AwsStack, parts: Parts): void {
  const { environment, target, sizing, settings, within, tags } = stack;
  const { plain, secret } = n8nVariables(environment);
  const role = parts.identities.role('n8n');
  new iam.RolePolicyAttachment(
    'n8n-execution',
    { role: role.name, policyArn: executionPolicy },
    within,
  );
  const cluster = new ecs.Cluster('n8n', { name: 'n8n', tags: tags(n8nCharge) }, within);
  const group = new cloudwatch.LogGroup(
    'n8n',
    {
      name: '/maxai/n8n',
      retentionInDays: sizing.logRetentionDays,
      kmsKeyId: parts.keys.key.arn,
      tags: tags(n8nCharge),
    },
    within,
  );
  const task = new ecs.TaskDefinition(
    'n8n',
    {
      family: 'n8n',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '1024',
      memory: '2048',
      executionRoleArn: role.arn,
      taskRoleArn: role.arn,
      containerDefinitions: jsonStringify([
        {
          name: 'n8n',
          image: settings.n8n.image,
          essential: true,
          portMappings: [{ containerPort: n8nPort, protocol: 'tcp' }],
          environment: Object.entries(plain).map(([name, value]) => ({ name, value })),
          secrets: Object.entries(secret).map(([name, entry]) => ({
            name,
            valueFrom: parts.vault.secret(entry).arn,
          })),
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': group.name,
              'awslogs-region': target.region,
              'awslogs-stream-prefix': 'n8n',
            },
          },
        },
      ]),
      tags: tags(n8nCharge),
    },
    within,
  );
  new ecs.Service(
    'n8n',
    {
      name: 'n8n',
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: 'FARGATE',
      desiredCount: 1,
      networkConfiguration: {
        subnets: parts.network
          .store('n8n')
          .slice(0, target.zones.length)
          .map(({ id }) => id),
        securityGroups: [parts.wall.id],
        assignPublicIp: false,
      },
      loadBalancers: [
        { targetGroupArn: parts.targets.arn, containerName: 'n8n', containerPort: n8nPort },
      ],
      propagateTags: 'SERVICE',
      tags: tags(n8nCharge),
    },
    { ...within, dependsOn: [parts.rule] },
  );
}
