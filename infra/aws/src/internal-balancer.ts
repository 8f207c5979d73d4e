import * as lb from '@pulumi/aws/lb/index.js';
import type * as ec2 from '@pulumi/aws/ec2/index.js';
import type { Input } from '@pulumi/pulumi';
import type { Charge } from '@maxai/topology/cloud-identities';
import type { AwsStack } from './aws-stack.ts';

/** TLS 1.3 and nothing older; what the API would choose by itself dates from 2016. */
export const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09';

/** A balancer without a public address that speaks HTTPS only; what matches no rule gets a 404. */
export function createInternalBalancer(
  { within, tags, protected: kept }: AwsStack,
  name: string,
  parts: {
    readonly subnets: readonly ec2.Subnet[];
    readonly wall: ec2.SecurityGroup;
    readonly certificateArn: Input<string>;
    readonly charge: Charge;
    readonly idleTimeoutSeconds: number;
  },
) {
  const balancer = new lb.LoadBalancer(
    name,
    {
      name,
      internal: true,
      loadBalancerType: 'application',
      subnets: parts.subnets.map(({ id }) => id),
      securityGroups: [parts.wall.id],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: kept,
      idleTimeout: parts.idleTimeoutSeconds,
      tags: tags(parts.charge),
    },
    within,
  );
  const listener = new lb.Listener(
    name,
    {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: 'HTTPS',
      sslPolicy: tlsPolicy,
      certificateArn: parts.certificateArn,
      defaultActions: [
        {
          type: 'fixed-response',
          fixedResponse: { contentType: 'text/plain', statusCode: '404', messageBody: 'Not found' },
        },
      ],
      tags: tags(parts.charge),
    },
    within,
  );
  return { balancer, listener };
}
