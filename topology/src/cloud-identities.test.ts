import { describe, expect, it } from 'vitest';
import {
  cloudIdentities,
  cloudLabels,
  platformCharge,
  publicKeysReadIn,
  secretsReadIn,
} from './cloud-identities.ts';
import { production } from './environments/production.ts';
import { platform } from './platform.ts';
import { renderKubernetes } from './render/kubernetes/render-kubernetes.ts';
import { renderTargets } from './render/kubernetes/render-targets.ts';

type ExternalSecretSpec = {
  readonly secretStoreRef: { readonly name: string };
  readonly data: readonly { readonly remoteRef: { readonly key: string } }[];
};

const identity = (name: string) =>
  cloudIdentities(platform, production).find((candidate) => candidate.name === name);

describe('the identities of an environment', () => {
  it('are one for each process, migration and job, each with a name of its own', () => {
    const names = cloudIdentities(platform, production).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const deployables = [...platform.services, ...platform.workers, ...platform.webApps];
    expect(names).toEqual(expect.arrayContaining(deployables.map(({ name }) => name)));
    expect(names).toContain('payments-migrations');
  });

  it('read their own secrets only [R49]', () => {
    expect(identity('payments')?.secrets).toEqual([
      'redis-queue-password',
      'identity-payments',
      'payments-app-password',
    ]);
    expect(identity('payments-migrations')?.secrets).toEqual(['payments-owner-password']);
    expect(identity('payments-worker')?.secrets).toEqual([
      'redis-queue-password',
      'identity-payments-worker',
      'payments-app-password',
    ]);
    expect(identity('pgbouncer')?.secrets).toEqual(
      expect.arrayContaining(['iam-app-password', 'payments-app-password']),
    );
    expect(identity('pgbouncer')?.secrets).not.toContain('iam-owner-password');
    expect(identity('provisioning')?.secrets).toContain('postgres-admin-password');
    expect(identity('portal-web')?.secrets).toEqual([]);
  });

  it('check their callers with the public halves of the keys, and nobody else reads those', () => {
    expect(identity('payments')?.publicKeys).toEqual(['identity-api-gateway-public']);
    expect(identity('payments-worker')?.publicKeys).toEqual([]);
    expect(publicKeysReadIn(platform, production)).toContain('identity-payments-public');
    expect(publicKeysReadIn(platform, production)).not.toContain('identity-maxai-ops-public');
  });

  it('keep n8n out of the cluster, with two secrets of its own', () => {
    expect(identity('n8n')).toMatchObject({
      namespace: null,
      secrets: ['n8n-database-password', 'n8n-encryption-key'],
    });
  });
});

describe('the secrets of an environment', () => {
  it('are those somebody reads there, without the ones of development', () => {
    const secrets = secretsReadIn(platform, production);
    const elsewhere = new Set(['identity-maxai-ops', 'sandbox-highlevel-signing-key']);
    const declared = Object.keys(platform.secrets);
    expect(secrets).toEqual(declared.filter((name) => !elsewhere.has(name)).toSorted());
  });
});

describe('the labels of a resource', () => {
  it('say environment, service, cost centre and owner [R128]', () => {
    expect(cloudLabels(production, platformCharge)).toEqual({
      environment: 'prod',
      service: 'platform',
      'cost-centre': 'ops',
      owner: 'automation-team',
    });
  });
});

describe.each(
  renderTargets(platform)
    .filter(({ cluster }) => cluster.kind !== 'kind')
    .map((target) => [`${target.environment.name} on ${target.cluster.kind}`, target] as const),
)('the secrets that the cluster of %s fetches', (_, target) => {
  it('are exactly those that the identity fetching them may read [R49]', () => {
    const fetched = new Map<string, Set<string>>();
    for (const { object } of renderKubernetes(target)) {
      if (object.kind !== 'ExternalSecret') continue;
      const { secretStoreRef, data } = object['spec'] as ExternalSecretSpec;
      const reader = `${object.metadata.namespace}/${secretStoreRef.name}`;
      const entries = fetched.get(reader) ?? new Set();
      fetched.set(reader, entries);
      for (const { remoteRef } of data) entries.add(remoteRef.key);
    }
    expect(fetched.size).toBeGreaterThan(10);
    const mayRead = new Map(
      cloudIdentities(platform, target.environment).map(
        ({ namespace, name, secrets, publicKeys }) => [
          `${namespace}/${name}`,
          [...secrets, ...publicKeys],
        ],
      ),
    );
    for (const [reader, entries] of fetched) {
      expect([reader, new Set(mayRead.get(reader))]).toEqual([reader, entries]);
    }
  });
});
