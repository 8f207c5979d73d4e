import type { KubernetesObject, RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from '../finding.ts';
import { indexEndpoints } from '../reachability/label-index.ts';
import {
  objectPath,
  originFile,
  podTemplateOf,
  selects,
  specOf,
  type PodTemplate,
} from './rendered-fields.ts';

type Labels = Readonly<Record<string, string>>;
type Reference = { readonly kind?: string; readonly name: string; readonly namespace?: string };
type Referring = {
  readonly scaleTargetRef?: Reference;
  readonly target?: { readonly name?: string };
  readonly selector?: Labels & { readonly matchLabels?: Labels };
  readonly strategy?: {
    readonly canary?: { readonly stableService?: string; readonly canaryService?: string };
  };
  readonly rules?: readonly { readonly backendRefs?: readonly Reference[] }[];
};

/** `Service/iam` for each object a spec names, in its own namespace unless it says another. */
function named({ kind, metadata, ...object }: KubernetesObject): Reference[] {
  const spec = specOf<Referring>({ kind, metadata, ...object });
  const service = (name: string | undefined) =>
    name === undefined ? [] : [{ kind: 'Service', name }];
  return [
    ...(spec.scaleTargetRef === undefined ? [] : [{ kind: 'Deployment', ...spec.scaleTargetRef }]),
    ...service(spec.strategy?.canary?.stableService),
    ...service(spec.strategy?.canary?.canaryService),
    ...(kind === 'HTTPRoute'
      ? (spec.rules ?? []).flatMap(({ backendRefs = [] }) =>
          backendRefs.map((backend) => ({ kind: 'Service', ...backend })),
        )
      : []),
  ];
}

/** What a pod cannot start without. */
export function namedByPod({ spec }: PodTemplate): Reference[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const values = containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom ?? {}));
  const sources = containers.flatMap(({ envFrom = [] }) => envFrom);
  const volumes = spec.volumes ?? [];
  const names = (kind: string, found: readonly (string | undefined)[]) =>
    found.flatMap((name) => (name === undefined ? [] : [{ kind, name }]));
  return [
    ...names('ServiceAccount', [spec.serviceAccountName]),
    ...names('Secret', [
      ...values.map(({ secretKeyRef }) => secretKeyRef?.name),
      ...sources.map(({ secretRef }) => secretRef?.name),
      ...volumes.map(({ secret }) => secret?.secretName),
    ]),
    ...names('ConfigMap', [
      ...values.map(({ configMapKeyRef }) => configMapKeyRef?.name),
      ...sources.map(({ configMapRef }) => configMapRef?.name),
      ...volumes.map(({ configMap }) => configMap?.name),
    ]),
  ];
}

/** What exists once everything is applied; an ExternalSecret makes the Secret it targets. */
function existing(objects: readonly RenderedObject[]): Set<string> {
  return new Set(
    objects.flatMap(({ object }) => {
      const { kind, metadata } = object;
      const { namespace = '' } = metadata;
      const made = specOf<Referring>(object).target?.name ?? metadata.name;
      return [
        `${namespace}/${kind}/${metadata.name}`,
        ...(kind === 'ExternalSecret' ? [`${namespace}/Secret/${made}`] : []),
      ];
    }),
  );
}

function selectorOf(object: KubernetesObject): Labels | undefined {
  const { selector } = specOf<Referring>(object);
  if (object.kind === 'Service') return selector;
  return object.kind === 'PodDisruptionBudget' ? selector?.matchLabels : undefined;
}

/** The pods a selector may find. */
function indexPods(objects: readonly RenderedObject[]) {
  return indexEndpoints(
    objects.flatMap(({ object }) => {
      const labels = podTemplateOf(object)?.metadata?.labels;
      const { namespace = null } = object.metadata;
      return labels === undefined ? [] : [{ namespace, labels }];
    }),
  );
}

/** Every name in an object is the name of another one, every selector finds pods, and no two share a name. */
export const referencesResolve: RenderedCheck = (_target, objects) => {
  const exists = existing(objects);
  const mayFind = indexPods(objects);
  const seen = new Set<string>();
  return objects.flatMap((rendered): Finding[] => {
    const { object } = rendered;
    const path = objectPath(object);
    const pod = podTemplateOf(object);
    const { namespace } = object.metadata;
    const finding = (reason: string, fix: string): Finding => ({
      check: 'references-resolve',
      file: originFile(rendered),
      declaration: path,
      reason,
      fix,
    });
    const identity = `${object.apiVersion}/${path}`;
    const twice = seen.has(identity);
    seen.add(identity);
    const selector = selectorOf(object);
    const selected =
      selector !== undefined &&
      mayFind({ ...(namespace !== undefined && { namespace }), labels: selector }).some(
        ({ labels }) => selects(selector, labels),
      );
    return [
      ...(twice
        ? [finding('It is rendered twice: the second replaces the first', 'Render it once')]
        : []),
      ...(selector === undefined || selected
        ? []
        : [finding('Its selector finds no pod', 'Select by selectorLabels() of the deployable')]),
      ...(namespace === undefined || exists.has(`/Namespace/${namespace}`)
        ? []
        : [finding(`There is no namespace ${namespace}`, 'Use namespaceName() of the model')]),
      ...[...named(object), ...(pod === undefined ? [] : namedByPod(pod))]
        .filter((to) => !exists.has(`${to.namespace ?? namespace ?? ''}/${to.kind}/${to.name}`))
        .map(({ kind, name }) =>
          finding(`It names ${kind} ${name}, which is not rendered`, `Render ${kind} ${name}`),
        ),
    ];
  });
};
