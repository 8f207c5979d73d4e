import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import type { KubernetesObject, RenderedObject } from '../render/kubernetes/rendered-object.ts';
import { renderEgressPolicies } from '../render/kubernetes/egress-policies.ts';
import { renderNetworkPolicies } from '../render/kubernetes/network-policies.ts';
import { checkRendered } from './check-rendered.ts';

const [production] = platform.environments;
const target = { platform, environment: production!, cluster: production!.targets[0]! };
const file = 'services/iam/deploy.ts';
const labels = {
  'app.kubernetes.io/name': 'iam',
  environment: 'prod',
  service: 'iam',
  'cost-centre': 'engineering',
  owner: 'identity-team',
};

function object(apiVersion: string, kind: string, spec?: object, name = 'iam'): KubernetesObject {
  const namespace = kind === 'Namespace' ? {} : { namespace: 'prod-services' };
  return { apiVersion, kind, metadata: { name, ...namespace, labels }, ...(spec && { spec }) };
}

const container = {
  name: 'iam',
  image: 'registry/iam@sha256:1',
  resources: {
    requests: { cpu: '250m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
    limits: { memory: '512Mi' },
  },
  livenessProbe: { httpGet: { path: '/livez', port: 4103 } },
  readinessProbe: { httpGet: { path: '/health', port: 4103 } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  env: [{ name: 'IAM_KEY', valueFrom: { secretKeyRef: { name: 'iam-keys', key: 'key' } } }],
  envFrom: [{ configMapRef: { name: 'iam' } }],
};
const podSpec = {
  serviceAccountName: 'iam',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
};
const selector = { 'app.kubernetes.io/name': 'iam' };

function deployment(change: object = {}, pod: object = {}): KubernetesObject {
  return object('apps/v1', 'Deployment', {
    selector: { matchLabels: selector },
    template: {
      metadata: { labels },
      spec: { ...podSpec, containers: [{ ...container, ...change }], ...pod },
    },
  });
}

function scaler(listName: string): KubernetesObject {
  return object('keda.sh/v1alpha1', 'ScaledObject', {
    scaleTargetRef: { name: 'iam' },
    triggers: [
      { type: 'redis', metadata: { listName } },
      { type: 'cron', metadata: {} },
    ],
  });
}

const sound: Readonly<Record<string, KubernetesObject>> = {
  namespace: object('v1', 'Namespace', undefined, 'prod-services'),
  account: object('v1', 'ServiceAccount'),
  config: object('v1', 'ConfigMap'),
  secret: object('external-secrets.io/v1', 'ExternalSecret', { target: { name: 'iam-keys' } }),
  deployment: deployment(),
  budget: object('policy/v1', 'PodDisruptionBudget', {
    maxUnavailable: 1,
    selector: { matchLabels: selector },
  }),
  service: object('v1', 'Service', { selector, ports: [{ port: 4103 }] }),
  hpa: object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    scaleTargetRef: { kind: 'Deployment', name: 'iam' },
    maxReplicas: 5,
  }),
  scaler: scaler('bull:webhook-processing:wait'),
  route: object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
    rules: [{ backendRefs: [{ name: 'iam', port: 4103 }] }, {}],
  }),
};

/** What its pods may reach and be reached from, as the declarations say it. */
const network = [...renderNetworkPolicies(target), ...renderEgressPolicies(target)].filter(
  ({ object: { metadata } }) =>
    metadata.namespace === 'prod-services' && /^(default-deny|iam(-.*com)?)$/.test(metadata.name),
);

function check(change: Readonly<Record<string, KubernetesObject | undefined>> = {}) {
  const objects = Object.values({ ...sound, ...change }).flatMap((one): RenderedObject[] =>
    one === undefined
      ? []
      : [{ object: one, file: 'iam', origins: [{ field: '', file, key: 'name' }] }],
  );
  return checkRendered(target, [...objects, ...network]);
}

function reasons(change: Readonly<Record<string, KubernetesObject | undefined>>): string[] {
  return check(change).map(({ declaration, reason }) => `${declaration}: ${reason}`);
}

it('finds nothing in sound objects', () => {
  expect(check()).toEqual([]);
});

it('finds nothing where nothing is rendered', () => {
  expect(checkRendered(target, [])).toEqual([]);
});

describe('a workload', () => {
  it('may not lack a disruption budget', () => {
    expect(check({ budget: undefined })).toEqual([
      {
        check: 'workloads-operable',
        file,
        declaration: 'prod-services/Deployment/iam',
        reason: 'No PodDisruptionBudget selects its pods: a node upgrade may take them all',
        fix: 'Render a PodDisruptionBudget with the labels its pods are selected by',
      },
    ]);
  });

  it.each(['livenessProbe', 'readinessProbe'])('may not lack its %s', (probe) => {
    expect(reasons({ deployment: deployment({ [probe]: undefined }) })).toEqual([
      'prod-services/Deployment/iam: Container iam lacks a probe: it gets traffic before it is ready, and nobody restarts it',
    ]);
  });

  it('may not check its dependencies to see whether it lives', () => {
    const livenessProbe = container.readinessProbe;
    expect(reasons({ deployment: deployment({ livenessProbe }) })).toEqual([
      'prod-services/Deployment/iam: The liveness probe of iam checks dependencies, so a slow database restarts it',
    ]);
  });

  it('may probe by command', () => {
    const probe = { exec: { command: ['pg_isready'] } };
    const change = { livenessProbe: probe, readinessProbe: probe };
    expect(check({ deployment: deployment(change) })).toEqual([]);
  });

  it('may not run without requests and limits, not even before it starts', () => {
    const unlimited = { ...container, name: 'prepare', resources: undefined };
    expect(reasons({ deployment: deployment({}, { initContainers: [unlimited] }) })).toEqual(
      ['cpu in its requests', 'memory in its requests', 'ephemeral-storage in its requests']
        .concat('memory in its limits')
        .map(
          (what) =>
            `prod-services/Deployment/iam: Container prepare has no ${what}: one leak takes its node down`,
        ),
    );
  });

  it('needs neither probes nor a budget when it runs once', () => {
    const spec = {
      ...podSpec,
      containers: [{ ...container, livenessProbe: undefined, readinessProbe: undefined }],
    };
    const job = object('batch/v1', 'Job', {
      template: { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } },
    });
    const cron = object('batch/v1', 'CronJob', {
      schedule: '0 8 * * 1-5',
      jobTemplate: { spec: { template: { metadata: { labels }, spec } } },
    });
    expect(
      check({ job, cron }).filter(({ check: name }) => name !== 'accepted-by-kubernetes'),
    ).toEqual([]);
  });

  it.each([
    [{ securityContext: {} }, {}, 'may gain privileges'],
    [{ securityContext: {} }, {}, 'may write to its image'],
    [{ securityContext: {} }, {}, 'keeps capabilities'],
    [{}, { securityContext: {} }, 'may run as root'],
    [{}, { securityContext: undefined }, 'may use every system call'],
  ])('is restricted: %j %j', (change, pod, reason) => {
    expect(reasons({ deployment: deployment(change, pod) })).toContain(
      `prod-services/Deployment/iam: Container iam ${reason}`,
    );
  });

  it('carries no token of the API server', () => {
    expect(
      reasons({ deployment: deployment({}, { automountServiceAccountToken: undefined }) }),
    ).toEqual([
      'prod-services/Deployment/iam: Its pods carry a token of the API server that they do not need',
    ]);
  });
});

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

it("may not believe more or fewer addresses than follow its client's", () => {
  const env = [{ name: 'API_GATEWAY_TRUSTED_PROXIES', value: '2' }];
  expect(reasons({ deployment: deployment({ env }) })).toEqual([
    "prod-services/Deployment/iam: API_GATEWAY_TRUSTED_PROXIES is 2, but 4 addresses of ours follow the client's on gke",
  ]);
  env[0]!.value = '4';
  expect(reasons({ deployment: deployment({ env }) })).toEqual([]);
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

it('names the platform where an object does not say where it comes from', () => {
  const budget = { object: object('policy/v1', 'PodDisruptionBudget', { x: 1 }), file: 'iam' };
  const [finding] = checkRendered(target, [{ ...budget, origins: [] }]);
  expect(finding?.file).toBe('topology/src/platform.ts');
});
