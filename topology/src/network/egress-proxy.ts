import type { Backend, ClusterTarget, Environment, Platform } from '../model/index.ts';
import { clusterHost } from '../render/kubernetes/platform-components.ts';
import { externalHosts, privateWorkflows, type ExternalReach } from './external-hosts.ts';

/** The only pod that may leave the cluster, where no policy knows host names. */
export const egressProxy = {
  name: 'egress-proxy',
  owner: 'edge-team',
  costCentre: 'ops',
  namespace: 'services',
} as const;

/** Each caller has a port of its own: the policy says who may use it, the proxy where it leads. */
export function egressProxyPort(backend: Pick<Backend, 'port'>): number {
  return 10_000 + backend.port;
}

export type ProxiedCaller = {
  readonly backend: Backend;
  readonly port: number;
  readonly hosts: readonly ExternalReach[];
};

/** Who leaves through the proxy and where to; nobody where policies know host names or all is inside. */
export function proxiedCallers(
  platform: Platform,
  environment: Environment,
  cluster: ClusterTarget,
): ProxiedCaller[] {
  if (cluster.egress !== 'egress proxy') return [];
  return [...platform.services, ...platform.workers]
    .map((backend) => ({
      backend,
      port: egressProxyPort(backend),
      hosts: externalHosts(environment, backend),
    }))
    .filter(({ hosts }) => hosts.length > 0);
}

/** What a process sets so that `fetch` leaves through the proxy; empty where it need not. */
export function egressProxyVariables(
  environment: Environment,
  cluster: ClusterTarget,
  backend: Backend,
): Record<string, string> {
  if (cluster.egress !== 'egress proxy' || externalHosts(environment, backend).length === 0) {
    return {};
  }
  const inside = [privateWorkflows(environment, backend)?.host].filter(
    (host) => host !== undefined,
  );
  const url = `http://${clusterHost(environment, egressProxy)}:${egressProxyPort(backend)}`;
  return {
    HTTPS_PROXY: url,
    HTTP_PROXY: url,
    NO_PROXY: ['localhost', '127.0.0.1', '.svc.cluster.local', ...inside].join(','),
    NODE_USE_ENV_PROXY: '1',
  };
}
