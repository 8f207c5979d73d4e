import type * as certificatemanager from '@pulumi/gcp/certificatemanager/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import { interpolate } from '@pulumi/pulumi';
import { answersApiOnly, landingPath } from '@maxai/topology/entry-names';
import { required } from '@maxai/topology/required';
import type { GcpStack } from './gcp-stack.ts';
import { entryHeader } from './protection.ts';
import type { WebBackends } from './web-apps.ts';

/** The Gateway's address as a backend: what is not a web app's path goes on to the cluster, with the word that opens it. */
function gatewayBackend(
  { within, settings }: GcpStack,
  gateway: compute.GlobalAddress,
  firewall: compute.SecurityPolicy,
) {
  const group = new compute.GlobalNetworkEndpointGroup(
    'gateway',
    { name: 'gateway', networkEndpointType: 'INTERNET_IP_PORT', defaultPort: 443 },
    within,
  );
  new compute.GlobalNetworkEndpoint(
    'gateway',
    { globalNetworkEndpointGroup: group.name, ipAddress: gateway.address, port: 443 },
    within,
  );
  return new compute.BackendService(
    'gateway',
    {
      name: 'gateway',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      protocol: 'HTTPS',
      backends: [{ group: group.id }],
      securityPolicy: firewall.id,
      customRequestHeaders: [interpolate`${entryHeader}: ${settings.entryToken}`],
      timeoutSec: 60,
      logConfig: { enable: true, sampleRate: 1 },
    },
    within,
  );
}

/** The platform's routes as the balancer states them; `/admin` also means what lies below it. */
function pathRules(stack: GcpStack, backends: WebBackends, gateway: compute.BackendService) {
  return stack.platform.routes
    .filter(({ path }) => path !== '/')
    .map(({ path, to }) => ({
      paths: path.endsWith('*') ? [path] : [path, `${path}/*`],
      service: (backends.get(to) ?? gateway).id,
    }));
}

/** Under its own name the console is found without its path. */
const toConsole = {
  paths: ['/'],
  urlRedirect: {
    pathRedirect: '/admin',
    httpsRedirect: true,
    stripQuery: false,
    redirectResponseCode: 'FOUND',
  },
};

/** One public address on 443 for every name: TLS 1.3 ends here, the routes begin here. */
export function createEntry(
  stack: GcpStack,
  backends: WebBackends,
  parts: {
    readonly addresses: {
      readonly gateway: compute.GlobalAddress;
      readonly web: compute.GlobalAddress;
    };
    readonly certificates: certificatemanager.CertificateMap;
    readonly tls: compute.SSLPolicy;
    readonly firewall: compute.SecurityPolicy;
  },
) {
  const { platform, environment, within, labels } = stack;
  const gateway = gatewayBackend(stack, parts.addresses.gateway, parts.firewall);
  const root = required(
    platform.routes.find(({ path }) => path === '/'),
    'No route for /: say in topology/src/platform.ts who answers it',
  );
  const portal = (backends.get(root.to) ?? gateway).id;
  const rules = pathRules(stack, backends, gateway);
  const names = environment.dns.filter((entry) => !answersApiOnly(entry));
  const apis = environment.dns.filter(answersApiOnly).map(({ name }) => name);
  const landing = (path: string) =>
    names.filter((entry) => landingPath(entry) === path).map(({ name }) => name);
  const [web, consoles] = [landing('/'), landing('/admin')];
  const map = new compute.URLMap(
    'web',
    {
      name: 'maxai-web',
      defaultService: portal,
      hostRules: [
        { hosts: web, pathMatcher: 'routes' },
        ...(consoles.length > 0 ? [{ hosts: consoles, pathMatcher: 'console' }] : []),
        ...(apis.length > 0 ? [{ hosts: apis, pathMatcher: 'api' }] : []),
      ],
      pathMatchers: [
        { name: 'routes', defaultService: portal, pathRules: rules },
        ...(consoles.length > 0
          ? [{ name: 'console', defaultService: portal, pathRules: [toConsole, ...rules] }]
          : []),
        ...(apis.length > 0 ? [{ name: 'api', defaultService: gateway.id }] : []),
      ],
    },
    within,
  );
  const proxy = new compute.TargetHttpsProxy(
    'web',
    {
      name: 'maxai-web',
      urlMap: map.id,
      certificateMap: interpolate`//certificatemanager.googleapis.com/${parts.certificates.id}`,
      sslPolicy: parts.tls.id,
      quicOverride: 'ENABLE',
    },
    within,
  );
  new compute.GlobalForwardingRule(
    'web',
    {
      name: 'maxai-web',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      ipAddress: parts.addresses.web.id,
      ipProtocol: 'TCP',
      portRange: String(environment.loadBalancer.publicPort),
      target: proxy.id,
      labels: labels(),
    },
    within,
  );
}
