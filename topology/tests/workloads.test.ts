import { closeTimeoutMs } from '@maxai/runtime/lifecycle';
import { describe, expect, it } from 'vitest';
import { platform } from '../src/platform.ts';
import { preStopSeconds } from '../src/render/kubernetes/pod-template.ts';
import type { KubernetesObject } from '../src/render/kubernetes/rendered-object.ts';
import { cluster, clusters, fieldOf } from './rendered-cluster.ts';

const production = cluster('production', 'gke');
const pod = 'spec.template.spec';
const container = `${pod}.containers.0`;

describe.each(platform.services)('$name', ({ name, scaling, port, namespace, nodePool }) => {
  it('is scaled as the scaling table says, and its own count is nowhere else [R54,R55,R56,R57,R58,R59,R60]', () => {
    const hpa = production.get('HorizontalPodAutoscaler', name);
    expect(hpa).toMatchObject({
      spec: {
        scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name },
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metrics: [
          {
            resource: {
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: scaling.targetPercent },
            },
          },
        ],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1 }] },
        },
      },
    });
    expect(fieldOf(production.get('Rollout', name), 'spec')).not.toHaveProperty('replicas');
  });

  it('runs in its namespace, on its pool only, and is reached inside the cluster only [R7,R8,R43]', () => {
    const rollout = production.get('Rollout', name);
    expect(rollout.metadata.namespace).toBe(`prod-${namespace}`);
    expect(fieldOf(rollout, `${pod}.nodeSelector`)).toEqual({ 'maxai.io/node-pool': nodePool });
    expect(production.get('Service', name)).toMatchObject({
      spec: { type: 'ClusterIP', ports: [{ port }] },
    });
  });
});

describe('one machine', () => {
  const { of } = cluster('development', 'kind');
  const scalers = [...of('HorizontalPodAutoscaler'), ...of('ScaledObject')];
  const replicasOf = (workload: KubernetesObject) => {
    const { kind, metadata } = workload;
    const scaler = scalers.find(
      (one) =>
        one.metadata.namespace === metadata.namespace &&
        fieldOf(one, 'spec.scaleTargetRef.kind') === kind &&
        fieldOf(one, 'spec.scaleTargetRef.name') === metadata.name,
    );
    const least = fieldOf(scaler, 'spec.minReplicas') ?? fieldOf(scaler, 'spec.minReplicaCount');
    return Number(least ?? fieldOf(workload, 'spec.replicas'));
  };
  const requested = (resource: string) =>
    ['Rollout', 'Deployment', 'StatefulSet']
      .flatMap(of)
      .reduce(
        (sum, workload) =>
          sum +
          replicasOf(workload) *
            Number.parseInt(
              String(fieldOf(workload, `${container}.resources.requests.${resource}`)),
            ),
        0,
      );

  it('with two processors and 8 GB holds all of development, and leaves room for the cluster itself', () => {
    expect(requested('cpu')).toBeGreaterThan(1000);
    expect(requested('cpu')).toBeLessThan(1700);
    expect(requested('memory')).toBeGreaterThan(4000);
    expect(requested('memory')).toBeLessThan(6500);
  });
});

describe('every process of ours', () => {
  const rollouts = clusters.flatMap(({ of }) => of('Rollout'));

  it('is asked at one path whether it works and at another whether it lives', () => {
    for (const rollout of rollouts) {
      const ready = fieldOf(rollout, `${container}.readinessProbe.httpGet.path`);
      const alive = fieldOf(rollout, `${container}.livenessProbe.httpGet.path`);
      expect(ready).toMatch(/\/health$/);
      expect(alive).toMatch(/\/livez$/);
      expect(fieldOf(rollout, `${container}.startupProbe.httpGet.path`)).toBe(alive);
    }
  });

  it('is killed only after the code has given up closing', () => {
    const backends = new Set<string>(
      [...platform.services, ...platform.workers].map(({ name }) => name),
    );
    const graces = rollouts
      .filter(({ metadata }) => backends.has(metadata.name))
      .map((rollout) => Number(fieldOf(rollout, `${pod}.terminationGracePeriodSeconds`)));
    expect(graces.length).toBeGreaterThan(0);
    expect(Math.min(...graces)).toBeGreaterThanOrEqual(preStopSeconds + closeTimeoutMs / 1000 + 5);
    for (const rollout of rollouts) {
      expect(fieldOf(rollout, `${container}.lifecycle`)).toEqual({
        preStop: { sleep: { seconds: preStopSeconds } },
      });
    }
  });

  it('runs an image by digest from the registry of its cluster', () => {
    for (const { target, of } of clusters) {
      for (const kind of ['Rollout', 'Deployment', 'StatefulSet', 'Job']) {
        for (const object of of(kind)) {
          const image = String(fieldOf(object, `${container}.image`));
          expect(image.startsWith(`${target.cluster.registry}/`)).toBe(true);
          expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
        }
      }
    }
  });

  it('finds no secret in its manifest, only the files that hold them', () => {
    const iam = production.get('Rollout', 'iam');
    const env = fieldOf(iam, `${container}.env`) as { name: string; value: string }[];
    const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      IAM_HOST: '0.0.0.0',
      IAM_PUBLIC_URL: 'https://app.maxai.io',
      IAM_SESSION_TTL_SECONDS: '86400',
      IAM_DATABASE_URL_FILE: '/run/secrets/maxai/IAM_DATABASE_URL',
      IAM_ENCRYPTION_KEY_FILE: '/run/secrets/maxai/IAM_ENCRYPTION_KEY',
    });
    expect(values).not.toHaveProperty('IAM_ENCRYPTION_KEY');
    expect(JSON.stringify(env)).not.toContain('{{');
  });

  it('is spread over the zones where there are several, each version by itself', () => {
    const zone = (environment: 'production' | 'staging', kind: string) =>
      fieldOf(
        cluster(environment, kind).get('Rollout', 'iam'),
        `${pod}.topologySpreadConstraints.0`,
      );
    expect(zone('production', 'eks')).toMatchObject({
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      matchLabelKeys: ['rollouts-pod-template-hash', 'pod-template-hash'],
    });
    expect(zone('staging', 'eks')).toMatchObject({ whenUnsatisfiable: 'ScheduleAnyway' });
  });
});

describe('a worker', () => {
  it('runs in the jobs namespace on the jobs pool, from the image of its service [R9,R142]', () => {
    for (const { name, service } of platform.workers) {
      const rollout = production.get('Rollout', name);
      expect(rollout.metadata.namespace).toBe('prod-jobs');
      expect(rollout).toMatchObject({
        spec: {
          template: {
            spec: {
              nodeSelector: { 'maxai.io/node-pool': 'jobs-pool' },
              tolerations: [
                { key: 'maxai.io/node-pool', value: 'jobs-pool', effect: 'NoSchedule' },
              ],
            },
          },
        },
      });
      expect(fieldOf(rollout, `${container}.image`)).toContain(`/${service}@`);
      expect(String(fieldOf(rollout, `${container}.args.0`))).toMatch(/worker\.ts$/);
    }
  });

  it('is scaled by the jobs that wait in each queue it reads', () => {
    const { consumes, scaling } = platform.workers[0]!;
    const scaler = production.get('ScaledObject', 'orchestrator-worker');
    expect(scaler).toMatchObject({
      spec: {
        scaleTargetRef: { kind: 'Rollout', name: 'orchestrator-worker' },
        minReplicaCount: scaling.min,
        maxReplicaCount: scaling.max,
        triggers: consumes.map((queue) => ({
          type: 'redis',
          metadata: {
            address: expect.stringMatching(/^redis-queue\.prod\.maxai\.internal:\d+$/),
            listName: `bull:${queue}:wait`,
            listLength: String(scaling.targetJobs),
          },
          authenticationRef: { name: 'orchestrator-worker-scaling' },
        })),
      },
    });
    expect(production.get('TriggerAuthentication', 'orchestrator-worker-scaling')).toMatchObject({
      spec: { secretTargetRef: [{ parameter: 'password', key: 'password' }] },
    });
  });
});

describe('a web app', () => {
  it('is served from the frontend namespace as well [R10,R133,R134]', () => {
    for (const environment of ['production', 'staging'] as const) {
      const { get, target } = cluster(environment, 'eks');
      for (const name of ['portal-web', 'admin-web']) {
        expect(get('Rollout', name).metadata.namespace).toBe(
          `${target.environment.shortName}-frontend`,
        );
      }
    }
    expect(
      fieldOf(production.get('Rollout', 'admin-web'), `${container}.readinessProbe.httpGet.path`),
    ).toBe('/admin/health');
  });
});
