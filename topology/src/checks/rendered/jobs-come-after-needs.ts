import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import type { NetworkEdge } from '../../network/network-edge.ts';
import type { KubernetesObject, RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { RenderedCheck } from '../finding.ts';
import { namedByPod } from './references-resolve.ts';
import { objectPath, originFile, podTemplateOf, selects, specOf } from './rendered-fields.ts';

type Labels = Readonly<Record<string, string>>;
type Governing = { readonly podSelector?: { readonly matchLabels?: Labels } };
type Selecting = { readonly selector?: Labels };
type Making = {
  readonly target?: { readonly name?: string };
  readonly secretStoreRef?: { readonly name: string };
};
type Bound = {
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string; readonly namespace?: string }[];
};

const nameLabel = 'app.kubernetes.io/name';

function waveOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
}

/** Rules about every pod of the namespace, or about those its selector finds. */
function governs(rule: KubernetesObject, namespace: string, labels: Labels): boolean {
  if (rule.metadata.namespace !== namespace) return false;
  if (rule.kind === 'ResourceQuota' || rule.kind === 'LimitRange') return true;
  if (rule.kind !== 'NetworkPolicy') return false;
  const { matchLabels = {} } = specOf<Governing>(rule).podSelector ?? {};
  return Object.keys(matchLabels).length === 0 || selects(matchLabels, labels);
}

/** The account's way to its secrets: the store that acts as it, and what lets it read. */
function accountNeeds(objects: readonly KubernetesObject[], namespace: string, account: string) {
  const bindings = objects.filter(
    ({ kind, ...object }) =>
      kind === 'RoleBinding' &&
      // A RoleBinding has its parts beside its metadata.
      (object as Bound).subjects?.some(
        (subject) => subject.name === account && subject.namespace === namespace,
      ),
  );
  const roles = bindings.map((binding) => `${binding.metadata.namespace}/${(binding as Bound).roleRef?.name}`);
  return [
    ...bindings,
    ...objects.filter(
      ({ kind, metadata }) =>
        kind === 'Role' && roles.includes(`${metadata.namespace}/${metadata.name}`),
    ),
  ];
}

/** Everything a pod of this workload cannot be made, started or answered without, servers in the cluster included. */
function needsOf(
  workload: KubernetesObject,
  objects: readonly KubernetesObject[],
  edges: readonly NetworkEdge[],
): KubernetesObject[] {
  const pod = podTemplateOf(workload);
  if (pod === undefined) return [];
  const { namespace = '' } = workload.metadata;
  const labels = pod.metadata?.labels ?? {};
  const names = namedByPod(pod);
  const isNamed = (kind: string, name: string) =>
    names.some((reference) => reference.kind === kind && reference.name === name);
  const secrets = objects.filter(
    (object) =>
      object.kind === 'ExternalSecret' &&
      object.metadata.namespace === namespace &&
      isNamed('Secret', specOf<Making>(object).target?.name ?? object.metadata.name),
  );
  const stores = new Set(secrets.map((one) => specOf<Making>(one).secretStoreRef?.name));
  const { serviceAccountName = '', priorityClassName } = pod.spec;
  const direct = objects.filter((object) => {
    const { kind, metadata } = object;
    if (kind === 'Namespace') return metadata.name === namespace;
    if (kind === 'PriorityClass') return metadata.name === priorityClassName;
    if (governs(object, namespace, labels)) return true;
    if (metadata.namespace !== namespace) return false;
    return kind === 'SecretStore' ? stores.has(metadata.name) : isNamed(kind, metadata.name);
  });
  const servers = edges
    .flatMap(({ from, to }) =>
      from.kind === 'pods' &&
      to.kind === 'pods' &&
      from.namespace === namespace &&
      from.name === labels[nameLabel]
        ? [to]
        : [],
    )
    .flatMap((to) =>
      objects.filter(
        (object) =>
          object.metadata.namespace === to.namespace &&
          (podTemplateOf(object)?.metadata?.labels?.[nameLabel] === to.name ||
            (object.kind === 'Service' &&
              specOf<Selecting>(object).selector?.[nameLabel] === to.name)),
      ),
    );
  return [
    ...direct,
    ...secrets,
    ...accountNeeds(objects, namespace, serviceAccountName),
    ...servers,
    ...servers.flatMap((server) => needsOf(server, objects, edges)),
  ];
}

/** A Job that is applied before what it needs waits for ever, and the release with it. */
export const jobsComeAfterNeeds: RenderedCheck = (target, rendered) => {
  const jobs = rendered.filter(({ object }) => object.kind === 'Job');
  const objects = rendered.map(({ object }) => object);
  const edges = jobs.length === 0 ? [] : declaredNetworkEdges(target);
  return jobs.flatMap((job: RenderedObject) =>
    needsOf(job.object, objects, edges)
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
