import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { externalHosts, type ExternalReach } from '../../network/external-hosts.ts';
import { peerName } from '../../network/network-edge.ts';
import { podsOf } from '../../network/pods-in-cluster.ts';
import type { Backend } from '../../model/index.ts';
import { cloudObject } from './cloud-object.ts';
import { chargeOf } from './network-charge.ts';
import { declarationOf, namespaceOf, objectLabels } from './object-names.ts';
import { policyPeers } from './policy-peers.ts';
import type { RenderedObject, RenderTarget } from './rendered-object.ts';

const https = { protocol: 'TCP', port: 443 } as const;

function at(
  target: RenderTarget,
  backend: Backend,
  hosts: readonly ExternalReach[],
  field: string,
) {
  const namespace = namespaceOf(target.environment, backend);
  return {
    file: `${namespace}/${backend.name}`,
    origins: hosts.map(({ key, host }) => ({
      field,
      file: declarationOf(target.platform, backend.name),
      key,
      because: `it reaches ${host}`,
    })),
  };
}

function metadataOf({ platform, environment }: RenderTarget, backend: Backend, name: string) {
  return {
    name,
    namespace: namespaceOf(environment, backend),
    labels: objectLabels(environment, chargeOf(platform, backend.name)),
  };
}

/** One policy for each host: the 50 addresses that a policy may resolve to are then never shared. */
function fqdnPolicy(target: RenderTarget, backend: Backend, reach: ExternalReach): RenderedObject {
  return cloudObject(
    {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'FQDNNetworkPolicy',
      metadata: metadataOf(target, backend, `${backend.name}-${reach.host.replaceAll('.', '-')}`),
      spec: {
        podSelector: { matchLabels: podsOf(target, backend).labels },
        egress: [{ matches: [{ name: reach.host }], ports: [https] }],
      },
    },
    at(target, backend, [reach], 'spec.egress[0].matches[0].name'),
  );
}

/** Once one selects a pod it decides all that the pod may reach, so it repeats what the NetworkPolicy allows. */
function applicationPolicy(
  target: RenderTarget,
  backend: Backend,
  hosts: readonly ExternalReach[],
): RenderedObject {
  const pods = podsOf(target, backend);
  const inside = declaredNetworkEdges(target)
    .filter(({ from }) => peerName(from) === peerName(pods))
    .map(({ to, ports }) => ({ to: policyPeers(to), ports: [...ports] }));
  const outside = { to: [{ domainNames: hosts.map(({ host }) => host) }], ports: [https] };
  return cloudObject(
    {
      apiVersion: 'networking.k8s.aws/v1alpha1',
      kind: 'ApplicationNetworkPolicy',
      // A NetworkPolicy has the plain name, and the two kinds may not share one.
      metadata: metadataOf(target, backend, `${backend.name}-egress`),
      spec: {
        podSelector: { matchLabels: pods.labels },
        policyTypes: ['Egress'],
        egress: [...inside, outside],
      },
    },
    at(target, backend, hosts, `spec.egress[${inside.length}]`),
  );
}

/** Out of the cluster by host name, where the cluster's network knows names. */
export function renderEgressPolicies(target: RenderTarget): RenderedObject[] {
  const { platform, environment, cluster } = target;
  if (cluster.egress !== 'FQDN policies') return [];
  return [...platform.services, ...platform.workers].flatMap((backend) => {
    const hosts = externalHosts(environment, backend);
    if (hosts.length === 0) return [];
    return cluster.kind === 'eks'
      ? [applicationPolicy(target, backend, hosts)]
      : hosts.map((reach) => fqdnPolicy(target, backend, reach));
  });
}
