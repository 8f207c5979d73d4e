import * as appautoscaling from '@pulumi/aws/appautoscaling/index.js';
import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import type * as ec2 from '@pulumi/aws/ec2/index.js';
import * as ecs from '@pulumi/aws/ecs/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import * as lb from '@pulumi/aws/lb/index.js';
import { interpolate } from '@pulumi/pulumi';
import type { WebApp } from '@maxai/topology/model';
import type { AwsStack } from './aws-stack.ts';
import { createInternalBalancer } from './internal-balancer.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { trustService } from './policy.ts';
import { createSecurityGroup } from './security-group.ts';
import type { Identities } from './secrets.ts';
import { sharePages } from './shared-pages.ts';
import { chargeOf, taskDefinition } from './web-task.ts';

const executionPolicy = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';

/**
 * Requests a minute at which an instance holds as many at once as it should: by Little's law those at once are
 * the rate times the time each takes.
 */
export function requestsPerMinute({ scaling, serviceLevel }: WebApp): number {
  return Math.round((scaling.targetConcurrency * 60_000) / serviceLevel.latencyP95Ms);
}

function targetGroup({ within, tags }: AwsStack, { vpc }: Network, app: WebApp): lb.TargetGroup {
  return new lb.TargetGroup(
    app.name,
    {
      name: app.name,
      vpcId: vpc.id,
      targetType: 'ip',
      protocol: 'HTTP',
      port: app.port,
      deregistrationDelay: app.probes.drainSeconds,
      healthCheck: { path: app.probes.readiness, interval: 10, timeout: 5, matcher: '200' },
      tags: tags(chargeOf(app)),
    },
    within,
  );
}

/** As many instances as the requests need, between the bounds of the model. */
function scaleByRequests(
  { within, tags }: AwsStack,
  app: WebApp,
  cluster: ecs.Cluster,
  service: ecs.Service,
  resourceLabel: ReturnType<typeof interpolate>,
) {
  const target = new appautoscaling.Target(
    app.name,
    {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: interpolate`service/${cluster.name}/${service.name}`,
      minCapacity: app.scaling.min,
      maxCapacity: app.scaling.max,
      tags: tags(chargeOf(app)),
    },
    within,
  );
  new appautoscaling.Policy(
    app.name,
    {
      name: app.name,
      policyType: 'TargetTrackingScaling',
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: requestsPerMinute(app),
        scaleOutCooldown: 30,
        scaleInCooldown: 300,
        predefinedMetricSpecification: {
          predefinedMetricType: 'ALBRequestCountPerTarget',
          resourceLabel,
        },
      },
    },
    within,
  );
}

function executionRole({ within, tags }: AwsStack): iam.Role {
  const role = new iam.Role(
    'web-execution',
    { assumeRolePolicy: trustService('ecs-tasks'), tags: tags() },
    within,
  );
  new iam.RolePolicyAttachment(
    'web-execution',
    { role: role.name, policyArn: executionPolicy },
    within,
  );
  return role;
}

/** The web apps on Fargate behind a balancer that only the distribution reaches. */
export function createFargateApps(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  certificateArn: Parameters<typeof createInternalBalancer>[2]['certificateArn'],
): lb.LoadBalancer {
  const { platform, target, sizing, within, tags } = stack;
  const charge = { service: 'web', owner: 'web-team', costCentre: 'engineering' };
  const cluster = new ecs.Cluster(
    'web',
    {
      name: 'web',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      tags: tags(charge),
    },
    within,
  );
  const entry = createSecurityGroup(stack, network, 'web-entry', {
    // CloudFront comes in through interfaces of its own in these subnets.
    ingress: [{ port: 443, cidrs: network.nodes.map(({ cidrBlock }) => cidrBlock.apply(String)) }],
    talks: true,
    charge,
  });
  const { balancer, listener } = createInternalBalancer(stack, 'web', {
    subnets: network.nodes,
    wall: entry,
    certificateArn,
    charge,
    idleTimeoutSeconds: 60,
  });
  const execution = executionRole(stack);
  // The most precise path first: a rule's place is its priority.
  const apps = platform.webApps.toSorted(
    (one, other) => other.basePath.length - one.basePath.length,
  );
  for (const [index, app] of apps.entries()) {
    const group = new cloudwatch.LogGroup(
      app.name,
      {
        name: `/maxai/${app.name}`,
        retentionInDays: sizing.logRetentionDays,
        kmsKeyId: keys.key.arn,
        tags: tags(chargeOf(app)),
      },
      within,
    );
    const targets = targetGroup(stack, network, app);
    const rule = new lb.ListenerRule(
      app.name,
      {
        listenerArn: listener.arn,
        priority: index + 1,
        actions: [{ type: 'forward', targetGroupArn: targets.arn }],
        conditions: [
          {
            pathPattern: {
              values: app.basePath === '' ? ['/*'] : [app.basePath, `${app.basePath}/*`],
            },
          },
        ],
        tags: tags(chargeOf(app)),
      },
      within,
    );
    const wall: ec2.SecurityGroup = createSecurityGroup(stack, network, app.name, {
      ingress: [{ port: app.port, groups: [entry.id] }],
      talks: true,
      charge: chargeOf(app),
    });
    const roles = { execution, task: identities.role(app.name) };
    const pages = sharePages(stack, app, { network, keys, role: roles.task, wall });
    const service = new ecs.Service(
      app.name,
      {
        name: app.name,
        cluster: cluster.arn,
        taskDefinition: taskDefinition(stack, app, { roles, group, pages }).arn,
        launchType: 'FARGATE',
        desiredCount: app.scaling.min,
        networkConfiguration: {
          subnets: network.nodes.slice(0, target.zones.length).map(({ id }) => id),
          securityGroups: [wall.id],
          assignPublicIp: false,
        },
        loadBalancers: [
          { targetGroupArn: targets.arn, containerName: app.name, containerPort: app.port },
        ],
        deploymentCircuitBreaker: { enable: true, rollback: true },
        propagateTags: 'SERVICE',
        tags: tags(chargeOf(app)),
      },
      { ...within, ignoreChanges: ['desiredCount'], dependsOn: [rule, ...pages.mountable] },
    );
    const label = interpolate`${balancer.arnSuffix}/${targets.arnSuffix}`;
    scaleByRequests(stack, app, cluster, service, label);
  }
  return balancer;
}
