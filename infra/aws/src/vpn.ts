import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import type * as ec2 from '@pulumi/aws/ec2/index.js';
import * as clientVpn from '@pulumi/aws/ec2clientvpn/index.js';
import { dataCidrOf } from '@maxai/topology/data-networks';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createSecurityGroup } from './security-group.ts';

/** TLS on 443 for people with a certificate of ours; it leads to n8n's network and to no other. */
export function createVpn(stack: AwsStack, network: Network, { key }: Keys): ec2.SecurityGroup {
  const { target, settings, sizing, within, tags } = stack;
  const group = new cloudwatch.LogGroup(
    'vpn',
    {
      name: '/maxai/vpn',
      retentionInDays: sizing.logRetentionDays,
      kmsKeyId: key.arn,
      tags: tags(),
    },
    within,
  );
  const stream = new cloudwatch.LogStream(
    'vpn',
    { name: 'connections', logGroupName: group.name },
    within,
  );
  const wall = createSecurityGroup(stack, network, 'vpn', { ingress: [], talks: true });
  const endpoint = new clientVpn.Endpoint(
    'n8n',
    {
      description: 'To n8n',
      vpcId: network.vpc.id,
      serverCertificateArn: settings.vpn.serverCertificateArn,
      clientCidrBlock: settings.vpn.clientCidr,
      authenticationOptions: [
        {
          type: 'certificate-authentication',
          rootCertificateChainArn: settings.vpn.clientRootCertificateArn,
        },
      ],
      transportProtocol: 'tcp',
      vpnPort: 443,
      splitTunnel: true,
      sessionTimeoutHours: 12,
      securityGroupIds: [wall.id],
      connectionLogOptions: {
        enabled: true,
        cloudwatchLogGroup: group.name,
        cloudwatchLogStream: stream.name,
      },
      tags: tags(),
    },
    within,
  );
  for (const [index, subnet] of network.store('n8n').entries()) {
    new clientVpn.NetworkAssociation(
      `n8n-${index}`,
      { clientVpnEndpointId: endpoint.id, subnetId: subnet.id },
      within,
    );
  }
  new clientVpn.AuthorizationRule(
    'n8n',
    {
      clientVpnEndpointId: endpoint.id,
      targetNetworkCidr: dataCidrOf(target, 'n8n'),
      authorizeAllGroups: true,
    },
    within,
  );
  return wall;
}
