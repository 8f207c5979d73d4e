import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { SecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { clusterName } from '../../entry-names.ts';
import { cloudIdentityAnnotation } from '../../workload-identity.ts';
import { environmentFile, secretsFile } from './origins.ts';
import {
  rendered,
  type Origin,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { entriesIn } from './secret-templates.ts';

/** Who runs: one service account, and one identity in the cloud if it reads any secret. */
export type Workload = {
  readonly name: string;
  /** In full, `prod-services`. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly file: string;
  readonly origins: readonly Origin[];
};

/** Holds development's secrets in a local cluster; filled by hand, see decision 0014. */
export const localSecretStore = 'dev-secret-store';

function provider({ environment, cluster }: RenderTarget, name: string) {
  if (cluster.kind === 'gke') {
    return {
      gcpsm: {
        projectID: cluster.account,
        auth: {
          workloadIdentity: {
            clusterLocation:
              environment.cluster.zones === 'multi-zone' ? cluster.region : cluster.zones[0],
            clusterName: clusterName(environment),
            serviceAccountRef: { name },
          },
        },
      },
    };
  }
  if (cluster.kind === 'eks') {
    return {
      aws: {
        service: 'SecretsManager' as const,
        region: cluster.region,
        auth: { jwt: { serviceAccountRef: { name } } },
      },
    };
  }
  return {
    kubernetes: {
      remoteNamespace: localSecretStore,
      server: {
        caProvider: { type: 'ConfigMap' as const, name: 'kube-root-ca.crt', key: 'ca.crt' },
      },
      auth: { serviceAccount: { name } },
    },
  };
}

/** Lets one reader read its entries of the local store, and no other. */
function localReader(workload: Workload, entries: readonly string[]): RenderedObject[] {
  const { name, namespace, labels, file, origins } = workload;
  const metadata = { name: `${namespace}-${name}`, namespace: localSecretStore, labels };
  return [
    rendered(
      new Role({
        metadata: metadata,
        rules: [
          { apiGroups: [''], resources: ['secrets'], resourceNames: [...entries], verbs: ['get'] },
        ],
      }),
      { file, origins },
    ),
    rendered(
      new RoleBinding({
        metadata: metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      }),
      { file, origins },
    ),
  ];
}

/** Pods get no token: nothing of ours talks to the Kubernetes API. */
export function serviceAccount(
  { cluster }: RenderTarget,
  { name, namespace, labels, file, origins }: Workload,
  readsSecrets: boolean,
): RenderedObject {
  const identity =
    readsSecrets && cluster.kind !== 'kind' ? cloudIdentityAnnotation(cluster, name) : {};
  return rendered(
    new ServiceAccount({
      metadata: { name, namespace, labels, annotations: identity },
      automountServiceAccountToken: false,
    }),
    { file, origins },
  );
}

export type SecretContent = {
  /** The Secret's name. */
  readonly name: string;
  /** Keys of the Secret and what stands in them, with references to entries of the store. */
  readonly data: Readonly<Record<string, string>>;
};

/** A Secret that one workload reads, fetched with that workload's own identity. */
export function externalSecret(
  target: RenderTarget,
  { name: reader, namespace, labels, file, origins }: Workload,
  { name, data }: SecretContent,
): RenderedObject {
  const entries = [...new Set(Object.values(data).flatMap(entriesIn))].toSorted();
  const property = target.cluster.kind === 'kind' ? { property: 'value' } : {};
  return rendered(
    new ExternalSecret({
      metadata: { name, namespace, labels },
      spec: {
        refreshPolicy: 'Periodic',
        refreshInterval: '15m',
        secretStoreRef: { kind: 'SecretStore', name: reader },
        target: {
          name,
          creationPolicy: 'Owner',
          deletionPolicy: 'Retain',
          template: { engineVersion: 'v2', data: { ...data } },
        },
        data: entries.map((entry) => ({
          secretKey: entry.replaceAll('-', '_'),
          remoteRef: { key: entry, ...property },
        })),
      },
    }),
    {
      file,
      origins: [
        ...origins,
        ...entries.map((entry, index) => ({
          field: `spec.data[${index}]`,
          file: secretsFile,
          key: entry.replace(/-public$/, ''),
        })),
      ],
    },
  );
}

/** The account, its store and its secrets; a workload without secrets is given no way to any. */
export function secretAccess(
  target: RenderTarget,
  workload: Workload,
  secrets: readonly SecretContent[],
): RenderedObject[] {
  const wanted = secrets.filter(({ data }) => Object.keys(data).length > 0);
  const account = serviceAccount(target, workload, wanted.length > 0);
  if (wanted.length === 0) return [account];
  const { name, namespace, labels, file, origins } = workload;
  const texts = wanted.flatMap(({ data }) => Object.values(data));
  const entries = [...new Set(texts.flatMap(entriesIn))].toSorted();
  return [
    account,
    ...(target.cluster.kind === 'kind' ? localReader(workload, entries) : []),
    rendered(
      new SecretStore({
        metadata: { name, namespace, labels },
        spec: { provider: provider(target, name) },
      }),
      {
        file,
        origins: [
          ...origins,
          {
            field: 'spec.provider',
            file: environmentFile(target.environment),
            key: 'secretStore',
          },
        ],
      },
    ),
    ...wanted.map((secret) => externalSecret(target, workload, secret)),
  ];
}
