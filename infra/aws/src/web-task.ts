import type * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as ecs from '@pulumi/aws/ecs/index.js';
import type * as iam from '@pulumi/aws/iam/index.js';
import { jsonStringify } from '@pulumi/pulumi';
import type { WebApp } from '@maxai/topology/model';
import { imageReference } from '@maxai/topology/releases';
import { containerVariables } from '@maxai/topology/render/kubernetes/cluster-wiring';
import { pagesVariables } from '@maxai/topology/shared-pages';
import type { AwsStack } from './aws-stack.ts';
import type { sharePages } from './shared-pages.ts';

export function chargeOf({ name, owner, costCentre }: WebApp) {
  return { service: name, owner, costCentre };
}

/** One container, and the folder it shares with its like if it shares any. */
export function taskDefinition(
  stack: AwsStack,
  app: WebApp,
  parts: {
    readonly roles: { readonly execution: iam.Role; readonly task: iam.Role };
    readonly group: cloudwatch.LogGroup;
    readonly pages: Pick<ReturnType<typeof sharePages>, 'volumes' | 'mountPoints'>;
  },
) {
  const { roles, group, pages } = parts;
  const { platform, environment, target, within, tags } = stack;
  const { plain } = containerVariables({ platform, environment, cluster: target }, app);
  return new ecs.TaskDefinition(
    app.name,
    {
      family: app.name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '1024',
      memory: '2048',
      executionRoleArn: roles.execution.arn,
      taskRoleArn: roles.task.arn,
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      volumes: pages.volumes,
      containerDefinitions: jsonStringify([
        {
          name: app.name,
          image: imageReference(environment.name, target, app.name),
          essential: true,
          portMappings: [{ containerPort: app.port, protocol: 'tcp' }],
          mountPoints: pages.mountPoints,
          environment: Object.entries({ ...plain, ...pagesVariables(app) }).map(
            ([name, value]) => ({ name, value }),
          ),
          stopTimeout: app.probes.drainSeconds,
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': group.name,
              'awslogs-region': target.region,
              'awslogs-stream-prefix': app.name,
            },
          },
        },
      ]),
      tags: tags(chargeOf(app)),
    },
    within,
  );
}
