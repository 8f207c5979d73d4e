import * as cloudfront from '@pulumi/aws/cloudfront/index.js';
import type * as route53 from '@pulumi/aws/route53/index.js';
import type { Input } from '@pulumi/pulumi';
import { answersApiOnly } from '@maxai/topology/entry-names';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import {
  createApiDistribution,
  createDistribution,
  gatewayOriginId,
  type Entry,
  type WebOrigins,
} from './distribution.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createAlias, createCertificate, findGateway } from './public-names.ts';
import type { Identities } from './secrets.ts';
import { createFargateApps } from './web-apps.ts';
import { createWebFirewall, edgeRegion } from './web-firewall.ts';

type Vercel = { readonly hosts: Readonly<Record<string, string>> };

/** Where a web app answers at Vercel; throws with the command that says so. */
export function hostOf({ hosts }: Vercel, app: string): string {
  return required(
    hosts[app],
    `${app} has no host at Vercel: pulumi config set --path 'frontends.hosts.${app}' <host>`,
  );
}

/** What CloudFront reaches through interfaces of its own in the network; nobody else does. */
function insideOrigin(
  { within, tags }: AwsStack,
  name: string,
  balancer: { readonly arn: Input<string>; readonly dnsName: Input<string> },
) {
  const inside = new cloudfront.VpcOrigin(
    name,
    {
      vpcOriginEndpointConfig: {
        name,
        arn: balancer.arn,
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: 'https-only',
        originSslProtocols: { items: ['TLSv1.2'], quantity: 1 },
      },
      tags: tags(),
    },
    within,
  );
  return { domainName: balancer.dnsName, vpcOriginId: inside.id };
}

function webOrigins(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  certificateArn: Parameters<typeof createFargateApps>[4],
  gateway: Entry['gateway'],
): WebOrigins {
  if (stack.environment.frontends.primary === 'cluster') {
    const inside = required(
      gateway,
      'The cluster serves the web apps, but its Gateway is planned: apply the manifests, then pulumi config set gateway running',
    );
    return { forwardsHost: true, origin: ({ name }) => ({ ...inside, originId: name }) };
  }
  const { frontends } = stack.settings;
  if (frontends.kind === 'vercel') {
    return {
      forwardsHost: false,
      origin: ({ name }) => ({ originId: name, domainName: hostOf(frontends, name) }),
    };
  }
  const balancer = createFargateApps(stack, network, keys, identities, certificateArn);
  const inside = insideOrigin(stack, 'web', balancer);
  return { forwardsHost: true, origin: ({ name }) => ({ originId: name, ...inside }) };
}

/** Names, certificates, the firewall and the distributions they lead to: the one way in, so that addresses are believed. */
export function createEntry(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  zone: route53.Zone,
): void {
  const { environment, target } = stack;
  const names = environment.dns.map(({ name }) => name);
  const certificateArn = createCertificate(stack, zone, 'edge', names, edgeRegion);
  // The cluster's controller finds it by the names of the Gateway's listeners.
  const inRegion = createCertificate(stack, zone, 'gateway', names, target.region);
  const webAclId = createWebFirewall(stack).arn;
  const balancer = findGateway(stack);
  const gateway =
    balancer === null
      ? null
      : { originId: gatewayOriginId, ...insideOrigin(stack, gatewayOriginId, balancer) };
  const entry = { certificateArn, webAclId, gateway };
  const origins = webOrigins(stack, network, keys, identities, inRegion, gateway);
  const web = createDistribution(stack, origins, entry);
  const api = gateway === null ? null : createApiDistribution(stack, { ...entry, gateway });
  for (const name of environment.dns) {
    const distribution = answersApiOnly(name) ? api : web;
    if (distribution !== null) {
      createAlias(stack, zone, name.name, {
        name: distribution.domainName,
        zoneId: distribution.hostedZoneId,
      });
    }
  }
}
