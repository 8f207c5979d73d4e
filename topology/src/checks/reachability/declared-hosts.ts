import { externalHosts } from '../../network/external-hosts.ts';
import { podsOf } from '../../network/pods-in-cluster.ts';
import { allowListName } from '../../network/squid-settings.ts';
import { egressProxy } from '../../network/egress-proxy.ts';
import type { Backend } from '../../model/index.ts';
import { declarationOf } from '../../render/kubernetes/object-names.ts';
import type { RenderedObject, RenderTarget } from '../../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from '../finding.ts';
import { objectPath, originFile, specOf } from '../rendered/rendered-fields.ts';
import { isPeer, renderedPods } from './cluster-endpoints.ts';
import { indexEndpoints } from './label-index.ts';
import { matchesSelector, type LabelSelector } from './policy-evaluator.ts';

type NamePolicy = {
  readonly podSelector: LabelSelector;
  readonly egress: readonly {
    readonly matches?: readonly { readonly name?: string; readonly pattern?: string }[];
    readonly to?: readonly { readonly domainNames?: readonly string[] }[];
  }[];
};

const nameKinds = new Set(['FQDNNetworkPolicy', 'ApplicationNetworkPolicy']);

/** A policy of GKE resolves to 50 addresses at most, and one large provider's name alone to sixteen. */
const namesPerPolicyMax = 3;

/** Any host, or any below a domain: nobody declares that. */
function isWildcard(host: string): boolean {
  return host.includes('*');
}

function namesOf({ object }: RenderedObject): string[] {
  return specOf<NamePolicy>(object).egress.flatMap(({ matches = [], to = [] }) => [
    ...matches.map(({ name, pattern }) => name ?? pattern ?? '*'),
    ...to.flatMap(({ domainNames = [] }) => domainNames),
  ]);
}

function policyHosts(target: RenderTarget, backend: Backend, objects: readonly RenderedObject[]) {
  const { namespace, labels } = podsOf(target, backend);
  return objects
    .filter(
      ({ object }) =>
        object.metadata.namespace === namespace &&
        matchesSelector(specOf<NamePolicy>(object).podSelector, labels),
    )
    .flatMap((rendered) => namesOf(rendered));
}

function proxyHosts(backend: Backend, objects: readonly RenderedObject[]): string[] {
  return objects.flatMap(({ object }) => {
    // A ConfigMap's data, validated by its model.
    const data = object['data'] as Readonly<Record<string, string>>;
    return (data[allowListName(backend.name)] ?? '').split('\n').filter((line) => line !== '');
  });
}

function compare(target: RenderTarget, backend: Backend, open: ReadonlySet<string>): Finding[] {
  const declared = new Map(
    externalHosts(target.environment, backend).map(({ host, key }) => [host, key]),
  );
  const file = declarationOf(target.platform, backend.name);
  const closed = [...declared].filter(([host]) => !open.has(host));
  const undeclared = [...open].filter((host) => !declared.has(host));
  return [
    ...closed.map(([host, key]) => ({
      check: 'declared-hosts',
      file,
      declaration: `${backend.name} to ${host} (${key})`,
      reason: 'It declares the host, and neither a policy nor the proxy lets it out there',
      fix: 'Render the host with renderEgressPolicies or renderEgressProxy, as the cluster’s egress says',
    })),
    ...undeclared.map((host) => ({
      check: 'declared-hosts',
      file,
      declaration: `${backend.name} to ${host}`,
      reason: 'It can leave the cluster to a host that it does not declare',
      fix: `Declare the provider in ${file}, or take ${host} off the list`,
    })),
  ];
}

function limits(objects: readonly RenderedObject[]): Finding[] {
  return objects
    .filter(({ object }) => nameKinds.has(object.kind))
    .flatMap((rendered) => {
      const names = namesOf(rendered);
      const at = {
        check: 'declared-hosts',
        file: originFile(rendered),
        declaration: objectPath(rendered.object),
      };
      const wild = names.filter((name) => isWildcard(name));
      const crowded =
        rendered.object.kind === 'FQDNNetworkPolicy' && names.length > namesPerPolicyMax;
      return [
        ...wild.map((name) => ({
          ...at,
          reason: `${name} opens names that nobody declares, and * stands for one label only`,
          fix: 'Name each host in full',
        })),
        ...(crowded
          ? [
              {
                ...at,
                reason: `${names.length} names may resolve to more than the 50 addresses a policy can hold; what is left out is blocked`,
                fix: `Split it into policies of at most ${namesPerPolicyMax} names`,
              },
            ]
          : []),
      ];
    });
}

/** Every deployable leaves the cluster to exactly the hosts it declares, within what the cloud's policies can hold. */
export const declaredHosts: RenderedCheck = (target, objects) => {
  const mayBe = indexEndpoints(renderedPods(target, objects));
  const running = [...target.platform.services, ...target.platform.workers].filter((backend) => {
    const pods = podsOf(target, backend);
    return mayBe(pods).some((pod) => isPeer(pods, pod));
  });
  const named = objects.filter(({ object }) => nameKinds.has(object.kind));
  const lists = objects.filter(
    ({ object }) => object.kind === 'ConfigMap' && object.metadata.name === egressProxy.name,
  );
  const hostsOf = (backend: Backend) =>
    target.cluster.egress === 'egress proxy'
      ? proxyHosts(backend, lists)
      : policyHosts(target, backend, named);
  return [
    ...running.flatMap((backend) => compare(target, backend, new Set(hostsOf(backend)))),
    ...limits(objects),
  ];
};
