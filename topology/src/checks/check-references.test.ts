import { describe, expect, it } from 'vitest';
import {
  check,
  deployment,
  file,
  network,
  object,
  reasons,
  scaler,
  sound,
} from '../../tests/sound-objects.ts';

describe('an object', () => {
  it('says whose it is', () => {
    const account = { ...sound['account']!, metadata: { name: 'iam', namespace: 'prod-services' } };
    expect(reasons({ account })).toEqual([
      'prod-services/ServiceAccount/iam: Nobody can be asked about it or charged for it: no label app.kubernetes.io/name, environment, service, cost-centre, owner',
    ]);
  });

  it('may not be rendered twice', () => {
    expect(reasons({ again: sound['config'] })).toEqual([
      'prod-services/ConfigMap/iam: It is rendered twice: the second replaces the first',
    ]);
  });

  it('may not stand in a namespace that is not rendered', () => {
    expect(reasons({ namespace: undefined })).toHaveLength(
      Object.keys(sound).length - 1 + network.length,
    );
  });

  it.each([
    ['account', 'Deployment/iam: It names ServiceAccount iam'],
    ['config', 'Deployment/iam: It names ConfigMap iam'],
    ['secret', 'Deployment/iam: It names Secret iam-keys'],
    ['service', 'HTTPRoute/iam: It names Service iam'],
  ])('may not name what is missing: %s', (name, reason) => {
    expect(reasons({ [name]: undefined })).toEqual([
      `prod-services/${reason}, which is not rendered`,
    ]);
  });

  it('may not scale or select what is missing', () => {
    expect(reasons({ deployment: undefined, budget: undefined })).toEqual([
      'prod-services/Service/iam: Its selector finds no pod',
      'prod-services/HorizontalPodAutoscaler/iam: It names Deployment iam, which is not rendered',
      'prod-services/ScaledObject/iam: It names Deployment iam, which is not rendered',
    ]);
  });

  it('finds what a Rollout and a volume name, and secrets that are whole environments', () => {
    const pod = {
      volumes: [
        { name: 'a', secret: { secretName: 'files' } },
        { name: 'b', emptyDir: {} },
      ],
    };
    const change = { envFrom: [{ secretRef: { name: 'all' } }], env: undefined };
    const rollout = object('argoproj.io/v1alpha1', 'Rollout', {
      ...deployment(change, pod)['spec']!,
      strategy: { canary: { stableService: 'stable', canaryService: 'canary' } },
    });
    expect(reasons({ rollout })).toEqual(
      ['Service stable', 'Service canary', 'Secret all', 'Secret files'].map(
        (name) => `prod-services/Rollout/iam: It names ${name}, which is not rendered`,
      ),
    );
  });

  it('is refused by each Kubernetes that does not know one of its fields', () => {
    const budget = object('policy/v1', 'PodDisruptionBudget', {
      ...(sound['budget']!['spec'] as object),
      maxUnavailble: 1,
    });
    expect(reasons({ budget })).toEqual(
      ['1.35', '1.36', '1.37'].map(
        (minor) =>
          `prod-services/PodDisruptionBudget/iam: Kubernetes ${minor} refuses it: PodDisruptionBudget.spec.maxUnavailble does not exist`,
      ),
    );
  });
});

describe('a scaler', () => {
  it.each(['bull:webhook-procesing:wait', 'webhook-processing'])(
    'may not watch the key %s, which no queue writes',
    (key) => {
      const [finding, ...more] = check({ scaler: scaler(key) });
      expect(more).toEqual([]);
      expect(finding).toMatchObject({
        check: 'scalers-read-queues',
        file,
        declaration: 'prod-services/ScaledObject/iam',
        reason: `It scales on the key "${key}", which no queue writes`,
      });
      expect(finding?.fix).toContain('bull:webhook-processing:wait');
    },
  );

  it('may not watch no key at all', () => {
    const silent = object('keda.sh/v1alpha1', 'ScaledObject', {
      scaleTargetRef: { name: 'iam' },
      triggers: [{ type: 'redis', metadata: {} }],
    });
    expect(reasons({ scaler: silent })).toEqual([
      'prod-services/ScaledObject/iam: It scales on the key "", which no queue writes',
    ]);
  });
});
