import * as cloudfront from '@pulumi/aws/cloudfront/index.js';
import type * as route53 from '@pulumi/aws/route53/index.js';
import * as wafv2 from '@pulumi/aws/wafv2/index.js';
import { answersApiOnly } from '@maxai/topology/entry-names';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import { createDistribution, type WebOrigins } from './distribution.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createAlias, createCertificate, pointAtGateway } from './public-names.ts';
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

function webOrigins(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  certificateArn: Parameters<typeof createFargateApps>[4],
): WebOrigins {
  const { frontends } = stack.settings;
  if (frontends.kind === 'vercel') {
    return {
      forwardsHost: false,
      origin: ({ name }) => ({ originId: name, domainName: hostOf(frontends, name) }),
    };
  }
  const balancer = createFargateApps(stack, network, keys, identities, certificateArn);
  const inside = new cloudfront.VpcOrigin(
    'web',
    {
      vpcOriginEndpointConfig: {
        name: 'web',
        arn: balancer.arn,
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: 'https-only',
        originSslProtocols: { items: ['TLSv1.2'], quantity: 1 },
      },
      tags: stack.tags(),
    },
    stack.within,
  );
  return {
    forwardsHost: true,
    origin: ({ name }) => ({
      originId: name,
      domainName: balancer.dnsName,
      vpcOriginId: inside.id,
    }),
  };
}

/** Names, certificates, firewalls and the distribution they lead to. */
export function createEntry(
  stack: AwsStack,
  network: Network,
  keys: Keys,
  identities: Identities,
  zone: route53.Zone,
): void {
  const { environment, target, within } = stack;
  const names = environment.dns.map(({ name }) => name);
  const atEdge = createCertificate(stack, zone, 'edge', names, edgeRegion);
  // The cluster's controller finds it by the names of the Gateway's listeners.
  const inRegion = createCertificate(stack, zone, 'gateway', names, target.region);
  const firewall = createWebFirewall(stack, 'CLOUDFRONT', edgeRegion);
  const origins = webOrigins(stack, network, keys, identities, inRegion);
  const distribution = createDistribution(stack, origins, atEdge, firewall.arn);
  for (const { name } of environment.dns.filter((entry) => !answersApiOnly(entry))) {
    createAlias(stack, zone, name, {
      name: distribution.domainName,
      zoneId: distribution.hostedZoneId,
    });
  }
  const regional = createWebFirewall(stack, 'REGIONAL', target.region);
  const gateway = pointAtGateway(stack, zone);
  if (gateway !== null) {
    new wafv2.WebAclAssociation(
      'gateway',
      { resourceArn: gateway, webAclArn: regional.arn },
      within,
    );
  }
}
