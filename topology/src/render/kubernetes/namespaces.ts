import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { LimitRange } from 'kubernetes-models/v1/LimitRange';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { ResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import { monitoringNamespace } from '../../network/cluster-systems.ts';
import type { NamespaceName } from '../../model/index.ts';
import { footprintOf, scalersOf, sumOf, type Footprint } from './footprint.ts';
import { meshNamespaceLabels, namespaceName, objectLabels } from './object-names.ts';
import { because, declaredIn, platformFile } from './origins.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';
import { localSecretStore } from './secret-access.ts';

/** Kubernetes' own words for what a pod may not do; the version is the oldest that is supported. */
const podSecurityVersion = 'v1.35';

const about = { name: 'platform', owner: 'automation-team', costCentre: 'ops' } as const;

function namespace({ environment }: RenderTarget, name: string, key: string): RenderedObject {
  const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
  ]);
  return rendered(
    new Namespace({
      metadata: {
        name,
        labels: {
          ...objectLabels(environment, about),
          ...meshNamespaceLabels(environment),
          ...Object.fromEntries(modes),
        },
      },
    }),
    { file: `${name}/namespace`, origins: declaredIn(platformFile, { '': key }) },
  );
}

const mebibytes = (amount: number) => `${Math.ceil(amount)}Mi`;

/** As much as everything declared may need at once, and no more: a runaway fills no other namespace's nodes. */
function quota(target: RenderTarget, name: string, total: Footprint): RenderedObject {
  return rendered(
    new ResourceQuota({
      metadata: {
        name: 'namespace',
        namespace: name,
        labels: objectLabels(target.environment, about),
      },
      spec: {
        hard: {
          pods: String(total.pods),
          'requests.cpu': `${total.cpuMillicores}m`,
          'limits.cpu': `${total.cpuLimitMillicores}m`,
          'requests.memory': mebibytes(total.memoryRequestMib),
          'limits.memory': mebibytes(total.memoryLimitMib),
          'requests.ephemeral-storage': mebibytes(total.diskMib),
          'limits.ephemeral-storage': mebibytes(total.diskMib),
          'requests.storage': mebibytes(total.storageMib),
          'services.loadbalancers': '0',
          'services.nodeports': '0',
        },
      },
    }),
    {
      file: `${name}/namespace`,
      origins: [
        because(
          platformFile,
          '',
          'services',
          'The most pods of everything declared here, the version that is kept and the one that comes included',
        ),
      ],
    },
  );
}

/** What a container gets that says nothing of its own; all of ours say everything. */
function limits({ platform, environment }: RenderTarget, name: string): RenderedObject {
  const largest = Math.max(...Object.values(platform.nodePools).map(({ vcpu }) => vcpu.max));
  return rendered(
    new LimitRange({
      metadata: {
        name: 'namespace',
        namespace: name,
        labels: objectLabels(environment, about),
      },
      spec: {
        limits: [
          {
            type: 'Container',
            defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
            default: { cpu: '500m', memory: '128Mi', 'ephemeral-storage': '128Mi' },
            min: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
            max: { cpu: String(largest), memory: '2Gi', 'ephemeral-storage': '2Gi' },
          },
        ],
      },
    }),
    {
      file: `${name}/namespace`,
      origins: declaredIn(platformFile, { '': 'nodePools', 'spec.limits[0].max.cpu': 'nodePools' }),
    },
  );
}

/** A namespace that holds secrets and will never run a pod. */
function localStore(target: RenderTarget): RenderedObject[] {
  const closed = new NetworkPolicy({
    metadata: {
      name: 'default-deny',
      namespace: localSecretStore,
      labels: objectLabels(target.environment, about),
      // There is nothing to select, and there must never be.
      annotations: { 'kube-score/ignore': 'networkpolicy-targets-pod' },
    },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  return [
    namespace(target, localSecretStore, 'namespaces'),
    quota(target, localSecretStore, sumOf([])),
    rendered(closed, {
      file: `${localSecretStore}/namespace`,
      origins: declaredIn(platformFile, { '': 'namespaces' }),
    }),
  ];
}

/** The environment's namespaces, each as strict as Kubernetes can be and as large as what `objects` may need. */
export function renderNamespaces(
  target: RenderTarget,
  objects: readonly RenderedObject[],
): RenderedObject[] {
  // The keys of the record are the names.
  const names = Object.keys(target.platform.namespaces) as NamespaceName[];
  const local = target.cluster.kind === 'kind' ? localStore(target) : [];
  const scalers = scalersOf(objects);
  const inside = Map.groupBy(objects, ({ object }) => object.metadata.namespace);
  return [
    ...names.flatMap((key) => {
      const name = namespaceName(target.environment, key);
      return [
        namespace(target, name, `namespaces.${key}`),
        quota(
          target,
          name,
          sumOf((inside.get(name) ?? []).map((one) => footprintOf(one, scalers))),
        ),
        limits(target, name),
      ];
    }),
    namespace(target, monitoringNamespace, ''),
    ...local,
  ];
}
