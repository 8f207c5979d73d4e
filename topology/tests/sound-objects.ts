import { checkRendered } from '../src/checks/check-rendered.ts';
import { platform } from '../src/platform.ts';
import { renderEgressPolicies } from '../src/render/kubernetes/egress-policies.ts';
import { renderNetworkPolicies } from '../src/render/kubernetes/network-policies.ts';
import type { KubernetesObject, RenderedObject } from '../src/render/kubernetes/rendered-object.ts';

const [production] = platform.environments;
export const target = { platform, environment: production!, cluster: production!.targets[0]! };
export const file = 'services/iam/deploy.ts';
export const labels = {
  'app.kubernetes.io/name': 'iam',
  environment: 'prod',
  service: 'iam',
  'cost-centre': 'engineering',
  owner: 'identity-team',
};

/** In namespace prod-services, with the labels every object has. */
export function object(
  apiVersion: string,
  kind: string,
  spec?: object,
  name = 'iam',
): KubernetesObject {
  const namespace = kind === 'Namespace' ? {} : { namespace: 'prod-services' };
  return { apiVersion, kind, metadata: { name, ...namespace, labels }, ...(spec && { spec }) };
}

export const container = {
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
export const podSpec = {
  serviceAccountName: 'iam',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
};
const selector = { 'app.kubernetes.io/name': 'iam' };

/** With changes to its container and its pod. */
export function deployment(change: object = {}, pod: object = {}): KubernetesObject {
  return object('apps/v1', 'Deployment', {
    selector: { matchLabels: selector },
    template: {
      metadata: { labels },
      spec: { ...podSpec, containers: [{ ...container, ...change }], ...pod },
    },
  });
}

export function scaler(listName: string): KubernetesObject {
  return object('keda.sh/v1alpha1', 'ScaledObject', {
    scaleTargetRef: { name: 'iam' },
    triggers: [
      { type: 'redis', metadata: { listName } },
      { type: 'cron', metadata: {} },
    ],
  });
}

/** Objects that the checks find nothing in. */
export const sound: Readonly<Record<string, KubernetesObject>> = {
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
export const network = [...renderNetworkPolicies(target), ...renderEgressPolicies(target)].filter(
  ({ object: { metadata } }) =>
    metadata.namespace === 'prod-services' && /^(default-deny|iam(-.*com)?)$/.test(metadata.name),
);

/** Findings in the sound objects with some replaced, added or left out. */
export function check(change: Readonly<Record<string, KubernetesObject | undefined>> = {}) {
  const objects = Object.values({ ...sound, ...change }).flatMap((one): RenderedObject[] =>
    one === undefined
      ? []
      : [{ object: one, file: 'iam', origins: [{ field: '', file, key: 'name' }] }],
  );
  return checkRendered(target, [...objects, ...network]);
}

export function reasons(change: Readonly<Record<string, KubernetesObject | undefined>>): string[] {
  return check(change).map(({ declaration, reason }) => `${declaration}: ${reason}`);
}
