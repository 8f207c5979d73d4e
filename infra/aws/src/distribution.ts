import * as cloudfront from '@pulumi/aws/cloudfront/index.js';
import type { Input } from '@pulumi/pulumi';
import { answersApiOnly, landingPath } from '@maxai/topology/entry-names';
import type { WebApp } from '@maxai/topology/model';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';

/** AWS's own policies, by the ids it publishes. */
const policies = {
  cacheOptimised: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cacheAsOriginSays: '4cc15a8a-d715-48a4-82b8-cc0b614638fe',
  cacheNothing: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  forwardAll: '216adef6-5c7f-47e4-b989-5492eafa07d3',
  forwardAllButHost: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const;

const everyMethod = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

type Origin = {
  readonly originId: string;
  readonly domainName: Input<string>;
  /** Where it stands inside the network. */
  readonly vpcOriginId?: Input<string>;
};

/** Where each web app answers, and whether it is told the name the visitor asked for. */
export type WebOrigins = {
  readonly origin: (app: WebApp) => Origin;
  readonly forwardsHost: boolean;
};

export const gatewayOriginId = 'gateway';

/** What every distribution of the entry has; without a Gateway yet, nothing is sent to it. */
export type Entry<G extends Origin | null = Origin | null> = {
  readonly gateway: G;
  readonly certificateArn: Input<string>;
  readonly webAclId: Input<string>;
};

const https = { httpPort: 80, httpsPort: 443, originProtocolPolicy: 'https-only' } as const;

function originOf({ originId, domainName, vpcOriginId }: Origin) {
  return vpcOriginId === undefined
    ? { originId, domainName, customOriginConfig: { ...https, originSslProtocols: ['TLSv1.2'] } }
    : { originId, domainName, vpcOriginConfig: { vpcOriginId } };
}

function behaviour(targetOriginId: string, cachePolicyId: string, originRequestPolicyId: string) {
  return {
    targetOriginId,
    cachePolicyId,
    originRequestPolicyId,
    viewerProtocolPolicy: 'https-only',
    allowedMethods: everyMethod,
    cachedMethods: ['GET', 'HEAD'],
    compress: true,
  };
}

/** Under its own name the console is found without its path. */
function toConsole({ environment, within, tags }: AwsStack): cloudfront.Function {
  const hosts = environment.dns
    .filter((entry) => landingPath(entry) === '/admin')
    .map(({ name }) => name);
  return new cloudfront.Function(
    'to-console',
    {
      name: 'to-console',
      runtime: 'cloudfront-js-2.0',
      publish: true,
      code: `const hosts = ${JSON.stringify(hosts)};
function handler(event) {
  const request = event.request;
  if (request.uri === '/' && hosts.includes(request.headers.host.value)) {
    return { statusCode: 302, headers: { location: { value: '/admin' } } };
  }
  return request;
}
`,
      tags: tags(),
    },
    within,
  );
}

/** The Gateway says itself what may be kept: nothing of it is kept here. */
const toGateway = behaviour(gatewayOriginId, policies.cacheNothing, policies.forwardAll);

/** The platform's routes as behaviours, what each app lets be kept for a year before the rest of its paths. */
function behaviours(stack: AwsStack, { forwardsHost }: WebOrigins, gateway: Entry['gateway']) {
  const forward = forwardsHost ? policies.forwardAll : policies.forwardAllButHost;
  const { routes, webApps } = stack.platform;
  return routes
    .toSorted((one, other) => other.path.length - one.path.length)
    .flatMap(({ path, to }) => {
      const app = webApps.find(({ name }) => name === to);
      if (app === undefined) {
        return gateway === null ? [] : [{ pathPattern: path, ...toGateway }];
      }
      const pages = behaviour(app.name, policies.cacheAsOriginSays, forward);
      return [
        {
          pathPattern: `${app.basePath}/_next/static/*`,
          ...behaviour(app.name, policies.cacheOptimised, forward),
        },
        ...(app.basePath === '' ? [] : [app.basePath, `${app.basePath}/*`]).map((pathPattern) => ({
          pathPattern,
          ...pages,
        })),
      ];
    });
}

function listening({ environment }: AwsStack, entry: Entry) {
  return {
    enabled: true,
    comment: `MaxAI ${environment.name}`,
    httpVersion: 'http2and3',
    priceClass: 'PriceClass_All',
    restrictions: { geoRestriction: { restrictionType: 'none' } },
    viewerCertificate: {
      acmCertificateArn: entry.certificateArn,
      sslSupportMethod: 'sni-only',
      minimumProtocolVersion: 'TLSv1.3_2025',
    },
    webAclId: entry.webAclId,
  };
}

/** The entry of the web apps' names: TLS 1.3 ends here, the routes begin here, what may be kept is kept at the edge. */
export function createDistribution(
  stack: AwsStack,
  webOrigins: WebOrigins,
  entry: Entry,
): cloudfront.Distribution {
  const { platform, environment, within, tags } = stack;
  const root = required(
    platform.webApps.find(({ basePath }) => basePath === ''),
    'No web app at /: say in topology/src/platform.ts who answers it',
  );
  const forward = webOrigins.forwardsHost ? policies.forwardAll : policies.forwardAllButHost;
  const landing = toConsole(stack);
  return new cloudfront.Distribution(
    'public',
    {
      ...listening(stack, entry),
      aliases: environment.dns.filter((name) => !answersApiOnly(name)).map(({ name }) => name),
      origins: [
        ...platform.webApps.map((app) => originOf(webOrigins.origin(app))),
        ...(entry.gateway === null ? [] : [originOf(entry.gateway)]),
      ],
      defaultCacheBehavior: {
        ...behaviour(root.name, policies.cacheAsOriginSays, forward),
        functionAssociations: [{ eventType: 'viewer-request', functionArn: landing.arn }],
      },
      orderedCacheBehaviors: behaviours(stack, webOrigins, entry.gateway),
      tags: tags(),
    },
    within,
  );
}

/** The entry of the names that only the API answers under; null where an environment has none. */
export function createApiDistribution(
  stack: AwsStack,
  entry: Entry<Origin>,
): cloudfront.Distribution | null {
  const aliases = stack.environment.dns.filter(answersApiOnly).map(({ name }) => name);
  return aliases.length === 0
    ? null
    : new cloudfront.Distribution(
        'api',
        {
          ...listening(stack, entry),
          aliases,
          origins: [originOf(entry.gateway)],
          defaultCacheBehavior: toGateway,
          tags: stack.tags(),
        },
        stack.within,
      );
}
