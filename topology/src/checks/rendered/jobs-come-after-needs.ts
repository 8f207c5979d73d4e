import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import type { NetworkEdge } from '../../network/network-edge.ts';
import type { KubernetesObject, RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { RenderedCheck } from '../finding.ts';
import { indexRequirements } from '../reachability/label-index.ts';
import { matchesSelector, type LabelSelector } from '../reachability/policy-evaluator.ts';
import { namedByPod } from './references-resolve.ts';
import { objectPath, originFile, podTemplateOf, specOf } from './rendered-fields.ts';

type Labels = Readonly<Record<string, string>>;
type Governing = { readonly podSelector?: LabelSelector };
type Selecting = { readonly selector?: Labels };
type Making = {
  readonly target?: { readonly name?: string };
  readonly secretStoreRef?: { readonly name: string };
};
/** A RoleBinding has its parts beside its metadata. */
type Binding = KubernetesObject & {
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace?: string }[];
};

const nameLabel = 'app.kubernetes.io/name';

function waveOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
}

function keyed<T>(items: readonly T[], keysOf: (item: T) => readonly string[]) {
  const entries = items.flatMap((item) => keysOf(item).map((key) => ({ key, item })));
  const groups = Map.groupBy(entries, ({ key }) => key);
  return (key: string): T[] => (groups.get(key) ?? []).map(({ item }) => item);
}

/** Objects by what others know them by. */
function indexObjects(objects: readonly KubernetesObject[]) {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const maySelect = indexRequirements(ofKind('NetworkPolicy'), (policy) => ({
    ...(policy.metadata.namespace !== undefined && { namespace: policy.metadata.namespace }),
    labels: specOf<Governing>(policy).podSelector?.matchLabels ?? {},
  }));
  return {
    at: keyed(objects, (object) => [objectPath(object)]),
    limiting: keyed([...ofKind('ResourceQuota'), ...ofKind('LimitRange')], ({ metadata }) => [
      String(metadata.namespace),
    ]),
    policies: (namespace: string, labels: Labels) =>
      maySelect({ namespace, labels }).filter((policy) =>
        matchesSelector(specOf<Governing>(policy).podSelector ?? {}, labels),
      ),
    making: keyed(ofKind('ExternalSecret'), (secret) => [
      `${secret.metadata.namespace}/${specOf<Making>(secret).target?.name ?? secret.metadata.name}`,
    ]),
    binding: keyed(ofKind('RoleBinding'), ({ subjects = [] }: Binding) =>
      subjects.map(({ namespace, name }) => `${namespace}/${name}`),
    ),
    serving: keyed(objects, (object) => {
      const { namespace } = object.metadata;
      const labels =
        object.kind === 'Service'
          ? specOf<Selecting>(object).selector
          : podTemplateOf(object)?.metadata?.labels;
      return labels?.[nameLabel] === undefined ? [] : [`${namespace}/${labels[nameLabel]}`];
    }),
  };
}

type Index = ReturnType<typeof indexObjects>;

/** What the pods of a namespace reach in the cluster, by the name they are labelled with. */
function indexServers(edges: readonly NetworkEdge[]) {
  const inside = edges.flatMap(({ from, to }) =>
    from.kind === 'pods' && to.kind === 'pods' ? [{ from, to }] : [],
  );
  const reached = keyed(inside, ({ from }) => [`${from.namespace}/${from.name}`]);
  return (caller: string) => reached(caller).map(({ to }) => `${to.namespace}/${to.name}`);
}

/** Everything a pod of this workload cannot be made, started or answered without, servers in the cluster included. */
function needsOf(
  workload: KubernetesObject,
  index: Index,
  serversOf: ReturnType<typeof indexServers>,
): KubernetesObject[] {
  const pod = podTemplateOf(workload);
  if (pod === undefined) return [];
  const { namespace = '' } = workload.metadata;
  const labels = pod.metadata?.labels ?? {};
  const names = namedByPod(pod);
  const secrets = names
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ name }) => index.making(`${namespace}/${name}`));
  const bindings = index.binding(`${namespace}/${pod.spec.serviceAccountName}`) as Binding[];
  const servers = serversOf(`${namespace}/${labels[nameLabel]}`).flatMap((to) => index.serving(to));
  return [
    ...index.at(`Namespace/${namespace}`),
    ...index.at(`PriorityClass/${pod.spec.priorityClassName}`),
    ...index.limiting(namespace),
    ...index.policies(namespace, labels),
    ...names.flatMap(({ kind, name }) => index.at(`${namespace}/${kind}/${name}`)),
    ...secrets,
    ...secrets.flatMap((secret) =>
      index.at(`${namespace}/SecretStore/${specOf<Making>(secret).secretStoreRef?.name}`),
    ),
    ...bindings,
    ...bindings.flatMap(({ metadata, roleRef }) =>
      index.at(`${metadata.namespace}/Role/${roleRef?.name}`),
    ),
    ...servers,
    ...servers.flatMap((server) => needsOf(server, index, serversOf)),
  ];
}

/** A Job that is applied before what it needs waits for ever, and the release with it. */
export const jobsComeAfterNeeds: RenderedCheck = (target, rendered) => {
  const jobs = rendered.filter(({ object }) => object.kind === 'Job');
  if (jobs.length === 0) return [];
  const index = indexObjects(rendered.map(({ object }) => object));
  const serversOf = indexServers(declaredNetworkEdges(target));
  return jobs.flatMap((job: RenderedObject) =>
    [...new Set(needsOf(job.object, index, serversOf))]
      .filter((need) => waveOf(need) >= waveOf(job.object))
      .map((need) => ({
        check: 'jobs-come-after-needs',
        file: originFile(job),
        declaration: objectPath(job.object),
        reason: `It needs ${objectPath(need)}, which is applied in wave ${waveOf(need)}, not before its own, ${waveOf(job.object)}`,
        fix: `Give ${need.kind} an earlier wave in topology/src/render/kubernetes/sync-waves.ts`,
      })),
  );
};
