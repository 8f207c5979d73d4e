import * as ec2 from '@pulumi/aws/ec2/index.js';
import type { Input } from '@pulumi/pulumi';
import type { Charge } from '@maxai/topology/cloud-identities';
import type { AwsStack } from './aws-stack.ts';
import type { Network } from './network.ts';

export type Ingress = {
  readonly port: number;
  readonly cidrs?: readonly Input<string>[];
  readonly groups?: readonly Input<string>[];
};

/** What may connect to a thing; `talks` lets it start connections of its own. */
export function createSecurityGroup(
  { within, tags }: AwsStack,
  { vpc }: Network,
  name: string,
  {
    ingress,
    talks,
    charge,
  }: { readonly ingress: readonly Ingress[]; readonly talks: boolean; readonly charge?: Charge },
) {
  return new ec2.SecurityGroup(
    name,
    {
      vpcId: vpc.id,
      description: `Connections of ${name}`,
      ingress: ingress.map(({ port, cidrs = [], groups = [] }) => ({
        protocol: 'tcp',
        fromPort: port,
        toPort: port,
        cidrBlocks: [...cidrs],
        securityGroups: [...groups],
      })),
      egress: talks ? [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }] : [],
      tags: { ...tags(charge), Name: name },
    },
    within,
  );
}
