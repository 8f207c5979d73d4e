import * as cloudfront from '@pulumi/aws/cloudfront/index.js';
import type { Input } from '@pulumi/pulumi';
import { answersApiOnly, landingPath } from '@maxai/topology/entry-names';
import type { WebApp } from '@maxai/topology/model';
import { required } from '@maxai/topology/required';
import type { AwsStack } from './aws-stack.ts';
import { gatewayOrigin } from './public-names.ts';

/** AWS's own policies, by the ids it publishes. */
const policies = {
  cacheOptimised: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cacheAsOriginSays: '4cc15a8a-d715-48a4-82b8-cc0b614638fe',
  cacheNothing: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  forwardAll: '216adef6-5c7f-47e4-b989-5492eafa07d3',
  forwardAllButHost: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const;

const everyMethod = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

/** Where each web app answers, and whether it is told the name the visitor asked for. */
export type WebOrigins = {
  readonly origin: (app: WebApp) => {
    readonly originId: string;
    readonly domainName: Input<string>;
    readonly vpcOriginId?: Input<string>;
  };
  readonly forwardsHost: boolean;
};

const https = { httpPort: 80, httpsPort: 443, originProtocolPolicy: 'https-only' } as const;

function originOf(origin: ReturnType<WebOrigins['origin']>) {
  const { originId, domainName, vpcOriginId } = origin;
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

/** The platform's routes as behaviours, what each app lets be kept for a year before the rest of its paths. */
function behaviours(stack: AwsStack, { forwardsHost }: WebOrigins) {
  const forward = forwardsHost ? policies.forwardAll : policies.forwardAllButHost;
  const { routes, webApps } = stack.platform;
  return routes
    .toSorted((one, other) => other.path.length - one.path.length)
    .flatMap(({ path, to }) => {
      const app = webApps.find(({ name }) => name === to);
      if (app === undefined) {
        const gateway = behaviour('gateway', policies.cacheNothing, policies.forwardAll);
        return [{ pathPattern: path, ...gateway }];
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

/** The one public entry: TLS 1.3 ends here, the routes begin here, what may be kept is kept at the edge. */
export function createDistribution(
  stack: AwsStack,
  webOrigins: WebOrigins,
  certificateArn: Input<string>,
  webAclId: Input<string>,
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
      enabled: true,
      comment: `MaxAI ${environment.name}`,
      aliases: environment.dns.filter((entry) => !answersApiOnly(entry)).map(({ name }) => name),
      httpVersion: 'http2and3',
      priceClass: 'PriceClass_All',
      origins: [
        ...platform.webApps.map((app) => originOf(webOrigins.origin(app))),
        originOf({ originId: 'gateway', domainName: gatewayOrigin(stack) }),
      ],
      defaultCacheBehavior: {
        ...behaviour(root.name, policies.cacheAsOriginSays, forward),
        functionAssociations: [{ eventType: 'viewer-request', functionArn: landing.arn }],
      },
      orderedCacheBehaviors: behaviours(stack, webOrigins),
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      viewerCertificate: {
        acmCertificateArn: certificateArn,
        sslSupportMethod: 'sni-only',
        minimumProtocolVersion: 'TLSv1.3_2025',
      },
      webAclId,
      tags: tags(),
    },
    within,
  );
}
