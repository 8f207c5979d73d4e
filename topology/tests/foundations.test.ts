import { describe, expect, it } from 'vitest';
import { platform } from '../src/platform.ts';
import { poolSizes } from '../src/render/kubernetes/connection-pool.ts';
import { footprintOf, scalersOf, sumOf } from '../src/render/kubernetes/footprint.ts';
import { cluster, clusterOf, clusters, fieldOf, targetOf } from './rendered-cluster.ts';

const production = cluster('production', 'gke');
const container = 'spec.template.spec.containers.0';

describe('the namespaces of an environment', () => {
  it.each([
    ['production', 'gke', 'prod'],
    ['production', 'eks', 'prod'],
    ['staging', 'gke', 'staging'],
    ['staging', 'eks', 'staging'],
  ] as const)('of %s on %s are four, as strict as Kubernetes can be [R10]', (name, kind, short) => {
    const namespaces = cluster(name, kind).of('Namespace');
    expect(namespaces.map(({ metadata }) => metadata.name).slice(0, 4)).toEqual(
      ['frontend', 'api', 'services', 'jobs'].map((part) => `${short}-${part}`),
    );
    for (const { metadata } of namespaces) {
      for (const mode of ['enforce', 'audit', 'warn']) {
        expect(metadata.labels).toHaveProperty(
          [`pod-security.kubernetes.io/${mode}`],
          'restricted',
        );
        expect(metadata.labels).toHaveProperty([`pod-security.kubernetes.io/${mode}-version`]);
      }
    }
  });

  it('hold what everything in them may need at once: three versions of a service, one pod more of a worker', () => {
    const worker = platform.workers.reduce((sum, { scaling }) => sum + scaling.max + 1, 0);
    expect(fieldOf(quota('prod-jobs'), 'spec.hard.pods')).toBe(String(worker));
    const gateway = platform.services.find(({ name }) => name === 'api-gateway')!;
    const cpu = 3 * gateway.scaling.max * gateway.resources.cpuRequestMillicores;
    expect(fieldOf(quota('prod-api'), 'spec.hard')).toMatchObject({
      pods: String(3 * gateway.scaling.max),
      'requests.cpu': `${cpu}m`,
      'limits.memory': `${3 * gateway.scaling.max * gateway.resources.memoryLimitMib}Mi`,
      'services.loadbalancers': '0',
    });
  });

  it('give a container that says nothing of its own something to live on', () => {
    for (const { metadata } of production.of('Namespace').slice(0, 4)) {
      const range = production
        .of('LimitRange')
        .find((one) => one.metadata.namespace === metadata.name)!;
      expect(fieldOf(range, 'spec.limits.0')).toMatchObject({
        type: 'Container',
        default: { memory: '128Mi' },
        defaultRequest: { cpu: '50m' },
      });
    }
  });

  function quota(namespace: string) {
    return production.of('ResourceQuota').find(({ metadata }) => metadata.namespace === namespace)!;
  }
});

describe('what a workload may need', () => {
  it('counts its disks, and is nothing for what runs no pod', () => {
    const { objects } = cluster('development', 'kind');
    const named = (kind: string, name: string) =>
      objects.find(({ object }) => object.kind === kind && object.metadata.name === name)!;
    expect(footprintOf(named('StatefulSet', 'postgres'), scalersOf(objects))).toMatchObject({
      pods: 1,
      storageMib: 5 * 1024,
    });
    expect(footprintOf(named('Service', 'iam'), scalersOf(objects))).toEqual(sumOf([]));
  });
});

describe('the connection pool', () => {
  it('keeps between 100 and 200 connections over all of its pods, shared out by schema [R23]', () => {
    const { pooledConnections } = targetOf('production', 'gke').environment.postgres;
    const { maxDbConnections, poolSize, minPoolSize, replicas } = poolSizes(
      targetOf('production', 'gke'),
    );
    const schemas = platform.services.filter(({ database }) => database !== null).length;
    expect(pooledConnections).toEqual({ min: 100, max: 200 });
    expect(replicas * maxDbConnections).toBe(200);
    expect(replicas * schemas * poolSize).toBeLessThanOrEqual(200);
    expect(replicas * schemas * minPoolSize).toBeGreaterThanOrEqual(100);
  });

  it('stands between every process and PostgreSQL, in transaction mode [R23]', () => {
    const text = JSON.stringify(production.get('ConfigMap', 'pgbouncer'));
    for (const line of [
      'pool_mode = transaction',
      'max_prepared_statements = 200',
      'max_db_connections = 100',
      'host=postgres.prod.maxai.internal port=5432',
      'server_tls_sslmode = require',
    ]) {
      expect(text).toContain(line);
    }
    for (const { name, database } of platform.services) {
      const template = JSON.stringify(
        fieldOf(production.get('ExternalSecret', name), 'spec.target.template.data'),
      );
      expect(template.includes('@pgbouncer.prod-services.svc.cluster.local:6432/maxai')).toBe(
        database !== null,
      );
      expect(template).not.toContain('postgres.prod');
    }
  });

  it('knows the roles of run time only', () => {
    const users = JSON.stringify(production.get('ExternalSecret', 'pgbouncer'));
    expect(users).toContain('iam_app');
    expect(users).not.toContain('_owner');
  });
});

describe('the jobs of a release', () => {
  it('make roles first, then migrate, before any pod of the release, each with the image of its service [R86]', () => {
    const jobs = production.of('Job');
    const waves = Object.fromEntries(
      jobs.map(({ metadata }) => [
        metadata.name.replace(/-[0-9a-f]{10}$/, ''),
        metadata.annotations?.['argocd.argoproj.io/sync-wave'],
      ]),
    );
    expect(waves).toEqual({
      provisioning: '-2',
      ...Object.fromEntries(
        platform.services
          .filter(({ database }) => database !== null)
          .map(({ name }) => [`${name}-migrations`, '-1']),
      ),
    });
    expect(production.get('Rollout', 'iam').metadata.annotations).not.toHaveProperty(
      'argocd.argoproj.io/sync-wave',
    );
    const migration = production
      .of('Job')
      .find(({ metadata }) => metadata.name.startsWith('iam-migrations-'))!;
    expect(fieldOf(migration, `${container}.image`)).toBe(
      fieldOf(production.get('Rollout', 'iam'), `${container}.image`),
    );
    expect(fieldOf(migration, `${container}.args.0`)).toMatch(/migrate\.ts$/);
    expect(migration).toMatchObject({ spec: { backoffLimit: 4, activeDeadlineSeconds: 1800 } });
  });

  it('have another name for whatever they run differently, for a Job cannot be changed', () => {
    const names = (kind: 'gke' | 'eks') =>
      cluster('production', kind)
        .of('Job')
        .map(({ metadata }) => metadata.name);
    const onOther = new Set(names('eks'));
    expect(names('gke').filter((name) => onOther.has(name))).toEqual([]);
    expect(clusterOf(targetOf('production', 'gke')).of('Job')).toEqual(production.of('Job'));
  });

  it('go round the pool as the owner, encrypted, and nobody else has the owner’s password', () => {
    const data = fieldOf(
      production.get('ExternalSecret', 'iam-migrations'),
      'spec.target.template.data',
    );
    expect(data).toEqual({
      IAM_OWNER_DATABASE_URL:
        'postgres://iam_owner:{{ .iam_owner_password | urlquery }}@postgres.prod.maxai.internal:5432/maxai?uselibpqcompat=true&sslmode=require',
    });
    const readers = production
      .of('ExternalSecret')
      .filter((one) => JSON.stringify(one).includes('iam-owner-password'))
      .map(({ metadata }) => metadata.name);
    expect(readers).toEqual(['provisioning', 'iam-migrations']);
  });

  it('make n8n its database and the role that owns it, wherever a cloud runs it', () => {
    for (const environment of ['production', 'staging'] as const) {
      for (const kind of ['gke', 'eks']) {
        const { spec } = cluster(environment, kind).get('ExternalSecret', 'provisioning') as {
          spec?: { target: { template: { data: Record<string, string> } } };
        };
        expect(JSON.parse(spec?.target.template.data['PROVISION_OWNED'] ?? '')).toEqual([
          { database: 'n8n', role: 'n8n', password: '{{ .n8n_database_password }}' },
        ]);
      }
    }
    const local = cluster('development', 'kind').get('ExternalSecret', 'provisioning');
    expect(JSON.stringify(local)).not.toContain('n8n');
  });

  it('provision every schema with both of its roles', () => {
    const data = fieldOf(
      production.get('ExternalSecret', 'provisioning'),
      'spec.target.template.data.PROVISION_SCHEMAS',
    );
    const schemas = JSON.parse(String(data)) as { schema: string; appRole: string }[];
    expect(schemas.map(({ schema }) => schema)).toEqual([
      'ingress',
      'iam',
      'prompt',
      'orchestrator',
      'usage',
      'payments',
    ]);
    expect(schemas[1]).toEqual({
      schema: 'iam',
      ownerRole: 'iam_owner',
      ownerPassword: '{{ .iam_owner_password }}',
      appRole: 'iam_app',
      appPassword: '{{ .iam_app_password }}',
    });
  });
});

describe('every backend', () => {
  it('is scraped, its version a label of what it measures', () => {
    for (const { name, namespace } of [...platform.services, ...platform.workers]) {
      expect(production.get('PodMonitor', name)).toMatchObject({
        metadata: { namespace: `prod-${namespace}` },
        spec: {
          jobLabel: 'app.kubernetes.io/part-of',
          podTargetLabels: expect.arrayContaining(['service', 'rollouts-pod-template-hash']),
          podMetricsEndpoints: [{ port: 'http', path: '/metrics' }],
        },
      });
    }
  });

  it('loses one pod at a time, and a broken one holds up nobody', () => {
    for (const { of } of clusters) {
      for (const budget of of('PodDisruptionBudget')) {
        expect(budget).toMatchObject({
          spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
        });
      }
    }
  });
});

describe('a platform that is not whole', () => {
  it('is not rendered: who is called must be wired', () => {
    const target = targetOf('production', 'gke');
    const services = platform.services.filter(({ name }) => name !== 'billing-usage');
    expect(() => clusterOf({ ...target, platform: { ...platform, services } })).toThrow(
      'billing-usage',
    );
  });
});
