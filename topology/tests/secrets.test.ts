import { describe, expect, it } from 'vitest';
import { cloudIdentities } from '../src/cloud-identities.ts';
import { platform } from '../src/platform.ts';
import type { KubernetesObject } from '../src/render/kubernetes/rendered-object.ts';
import { cluster, clusters, fieldOf } from './rendered-cluster.ts';

const clouds = clusters.filter(({ target }) => target.cluster.kind !== 'kind');
const production = cluster('production', 'gke');

function entriesOf(object: KubernetesObject): string[] {
  const data = fieldOf(object, 'spec.data') as { remoteRef: { key: string } }[];
  return data.map(({ remoteRef }) => remoteRef.key);
}

describe('the secrets of a cluster', () => {
  it.each(clouds)(
    'are fetched by whoever reads them, each with its own identity and nothing more [R48,R49]',
    ({ target, of, get }) => {
      const fetched = new Map<string, Set<string>>();
      for (const external of of('ExternalSecret')) {
        const reader = String(fieldOf(external, 'spec.secretStoreRef.name'));
        const entries = fetched.get(reader) ?? new Set();
        for (const entry of entriesOf(external)) entries.add(entry);
        fetched.set(reader, entries);
        expect(get('ServiceAccount', reader).metadata.namespace).toBe(external.metadata.namespace);
      }
      const allowed = cloudIdentities(platform, target.environment)
        .filter(({ namespace, name }) => namespace !== null && name !== 'n8n')
        .filter(({ secrets, publicKeys }) => secrets.length + publicKeys.length > 0)
        .map(
          ({ name, secrets, publicKeys }) =>
            [name, [...secrets, ...publicKeys].toSorted()] as const,
        );
      expect(
        Object.fromEntries([...fetched].map(([name, set]) => [name, [...set].toSorted()])),
      ).toEqual(Object.fromEntries(allowed));
    },
  );

  it('come from the secret manager of the cloud, by workload identity [R47,R49]', () => {
    expect(production.get('SecretStore', 'iam')).toMatchObject({
      spec: {
        provider: {
          gcpsm: {
            projectID: 'maxai-production',
            auth: { workloadIdentity: { serviceAccountRef: { name: 'iam' } } },
          },
        },
      },
    });
    expect(cluster('staging', 'gke').get('SecretStore', 'iam')).toMatchObject({
      spec: {
        provider: { gcpsm: { auth: { workloadIdentity: { clusterLocation: 'us-central1-a' } } } },
      },
    });
    expect(cluster('production', 'eks').get('SecretStore', 'iam')).toMatchObject({
      spec: {
        provider: {
          aws: { service: 'SecretsManager', auth: { jwt: { serviceAccountRef: { name: 'iam' } } } },
        },
      },
    });
    expect(production.get('ServiceAccount', 'iam')).toMatchObject({
      metadata: {
        annotations: {
          'iam.gke.io/gcp-service-account': 'k8s-iam@maxai-production.iam.gserviceaccount.com',
        },
      },
      automountServiceAccountToken: false,
    });
    expect(cluster('production', 'eks').get('ServiceAccount', 'iam')).toMatchObject({
      metadata: {
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111111111111:role/k8s-iam' },
      },
    });
  });

  it('do not include what only development has [R48]', () => {
    for (const { of } of clouds) {
      const entries = of('ExternalSecret').flatMap(entriesOf).join(' ');
      expect(entries).not.toMatch(/maxai-ops|sandbox/);
    }
  });

  it('give a callee public keys only, never the keys of its callers', () => {
    const iam = entriesOf(production.get('ExternalSecret', 'iam'));
    expect(iam.filter((entry) => entry.startsWith('identity-'))).toEqual(
      iam.filter((entry) => entry.startsWith('identity-') && entry.endsWith('-public')),
    );
    expect(
      fieldOf(
        production.get('ExternalSecret', 'payments'),
        'spec.target.template.data.PAYMENTS_IDENTITY_PUBLIC_JWKS',
      ),
    ).toBe('{"keys":[{{ .identity_api_gateway_public }}]}');
  });

  it('reach the pods that run when they are rotated', () => {
    expect(production.get('Rollout', 'iam')).toMatchObject({
      metadata: {
        annotations: {
          'reloader.stakater.com/auto': 'true',
          'reloader.stakater.com/rollout-strategy': 'restart',
        },
      },
    });
  });

  it('open the cloud’s Redis over TLS, at the port it answers it on, the scaler as the worker', () => {
    const queueUrl = (name: 'gke' | 'eks') =>
      fieldOf(
        cluster('production', name).get('ExternalSecret', 'orchestrator-worker'),
        'spec.target.template.data.ORCHESTRATOR_QUEUE_URL',
      );
    const at = '@redis-queue.prod.maxai.internal';
    const password = '{{ .redis_queue_password | urlquery }}';
    expect(queueUrl('gke')).toBe(`rediss://:${password}${at}:6378?sslmode=require`);
    expect(queueUrl('eks')).toBe(`rediss://:${password}${at}:6379?sslmode=require`);
    expect(
      fieldOf(production.get('ScaledObject', 'orchestrator-worker'), 'spec.triggers.0.metadata'),
    ).toMatchObject({ address: `${at.slice(1)}:6378`, enableTLS: 'true' });
  });

  it('that nobody reads give a web app no identity in the cloud', () => {
    const { annotations = {} } = production.get('ServiceAccount', 'portal-web').metadata;
    expect(Object.keys(annotations)).toEqual(['argocd.argoproj.io/sync-wave']);
  });
});

describe('a local cluster', () => {
  const kind = cluster('development', 'kind');

  it('keeps its secrets in one namespace, where each reader may get its own by name', () => {
    expect(kind.get('SecretStore', 'payments')).toMatchObject({
      spec: { provider: { kubernetes: { remoteNamespace: 'dev-secret-store' } } },
    });
    expect(kind.get('Role', 'dev-services-payments')).toMatchObject({
      metadata: { namespace: 'dev-secret-store' },
      rules: [
        {
          resources: ['secrets'],
          resourceNames: entriesOf(kind.get('ExternalSecret', 'payments')),
          verbs: ['get'],
        },
      ],
    });
    expect(kind.get('RoleBinding', 'dev-services-payments')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'payments', namespace: 'dev-services' }],
    });
  });

  it('runs the outside world and the data servers itself, queue and cache with their own eviction [R3,R26,R28]', () => {
    expect(kind.of('StatefulSet').map(({ metadata }) => metadata.name)).toEqual([
      'postgres',
      'redis-cache',
      'redis-queue',
    ]);
    const settings = (name: string) =>
      fieldOf(kind.get('ExternalSecret', name), 'spec.target.template.data');
    expect(JSON.stringify(settings('redis-cache'))).toContain('maxmemory-policy allkeys-lru');
    expect(JSON.stringify(settings('redis-queue'))).toMatch(
      /maxmemory-policy noeviction\\nappendonly yes/,
    );
    expect(JSON.stringify(kind.get('Deployment', 'sandbox'))).toContain(
      'http://sandbox.dev-services.svc.cluster.local:4100',
    );
    expect(JSON.stringify(kind.get('Rollout', 'iam'))).not.toContain('127.0.0.1');
  });

  it('needs no node pools', () => {
    expect(fieldOf(kind.get('Rollout', 'iam'), 'spec.template.spec')).not.toHaveProperty(
      'nodeSelector',
    );
  });
});
