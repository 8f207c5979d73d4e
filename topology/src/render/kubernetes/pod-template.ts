import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import type { NodePoolName, Probes, Resources } from '../../model/index.ts';
import { nodePoolLabels, nodePoolTaints } from '../../node-pools.ts';
import { httpPortName } from './object-names.ts';
import type { RenderTarget } from './rendered-object.ts';
import type { SplitVariables } from './secret-templates.ts';

/** Until every load balancer and node has heard that the pod is going, it goes on answering. */
export const preStopSeconds = 15;

/** Nobody on any node, and in no image's list of users. */
const userId = 10_001;

const secretFolder = '/run/secrets/maxai';

export type PodPlan = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly variables: SplitVariables;
  /** The Secret whose keys are the secret variables. */
  readonly secretName: string;
  readonly resources: Resources;
  readonly nodePool: NodePoolName;
  readonly priority: string;
};

export type ServerPlan = PodPlan & {
  readonly port: number;
  readonly portName?: string;
  /** Answers over HTTP; others are probed by `container`. */
  readonly probes: Probes;
};

/** All of development's pods share one machine, often with two processors, and are idle most of the time. */
const localCpuShare = 0.25;

/** What a container may use; the CPU limit is a whole node of the largest size, so that nothing is throttled. */
export function containerResources(
  { platform, cluster }: RenderTarget,
  { nodePool, resources }: Pick<PodPlan, 'nodePool' | 'resources'>,
) {
  const { cpuRequestMillicores, memoryRequestMib, memoryLimitMib, ephemeralStorageMib } = resources;
  const disk = `${ephemeralStorageMib}Mi`;
  const share = cluster.kind === 'kind' ? localCpuShare : 1;
  return {
    requests: {
      cpu: `${Math.ceil(cpuRequestMillicores * share)}m`,
      memory: `${memoryRequestMib}Mi`,
      'ephemeral-storage': disk,
    },
    limits: {
      cpu: String(platform.nodePools[nodePool].vcpu.max),
      memory: `${memoryLimitMib}Mi`,
      'ephemeral-storage': disk,
    },
  };
}

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: userId,
  runAsGroup: userId,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' as const },
};

/** Plain values stand in the manifest; of a secret only the file that holds it. */
function environmentOf({ plain, secret }: SplitVariables) {
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.keys(secret).map((name) => ({
      name: `${name}_FILE`,
      value: `${secretFolder}/${name}`,
    })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function volumesOf({ variables, secretName, resources }: PodPlan): IVolume[] {
  const scratch = {
    name: 'scratch',
    emptyDir: { sizeLimit: `${Math.floor(resources.ephemeralStorageMib / 2)}Mi` },
  };
  return Object.keys(variables.secret).length === 0
    ? [scratch]
    : [scratch, { name: 'secrets', secret: { secretName, defaultMode: 0o440 } }];
}

function mountsOf({ variables }: PodPlan): IVolumeMount[] {
  const scratch = { name: 'scratch', mountPath: '/tmp' };
  return Object.keys(variables.secret).length === 0
    ? [scratch]
    : [scratch, { name: 'secrets', mountPath: secretFolder, readOnly: true }];
}

/** Each version is spread by itself over zones and machines; where there is one zone there is nothing to insist on. */
function spreadOf({ environment }: RenderTarget, { selector }: PodPlan) {
  const multiZone = environment.cluster.zones === 'multi-zone';
  return (['topology.kubernetes.io/zone', 'kubernetes.io/hostname'] as const).map(
    (topologyKey, index) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable:
        multiZone && index === 0 ? ('DoNotSchedule' as const) : ('ScheduleAnyway' as const),
      nodeTaintsPolicy: 'Honor' as const,
      labelSelector: { matchLabels: { ...selector } },
      matchLabelKeys: ['rollouts-pod-template-hash', 'pod-template-hash'],
    }),
  );
}

/** Spreading as schedulers without constraints understand it: rather on a machine that has none of it yet. */
function affinityOf({ selector }: PodPlan) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { ...selector } },
          },
        },
      ],
    },
  };
}

/** On its pool; one machine has no pools. */
function placementOf({ cluster }: RenderTarget, { nodePool }: PodPlan) {
  if (cluster.kind === 'kind') return {};
  const tolerations = nodePoolTaints(nodePool).map(({ key, value, effect }) => ({
    key,
    operator: 'Equal' as const,
    value,
    effect,
  }));
  return {
    nodeSelector: nodePoolLabels(nodePool),
    ...(tolerations.length > 0 && { tolerations }),
  };
}

export type PodOverrides = {
  readonly restartPolicy?: 'Never';
  readonly terminationGracePeriodSeconds?: number;
  readonly container?: Partial<IContainer>;
  readonly volumes?: readonly IVolume[];
  readonly mounts?: readonly IVolumeMount[];
};

/** A pod of one container under the strictest rules there are. */
export function podTemplate(
  target: RenderTarget,
  plan: PodPlan,
  { container = {}, volumes = [], mounts = [], ...overrides }: PodOverrides,
): IPodTemplateSpec {
  const { name, labels, selector, serviceAccount, image, args } = plan;
  return {
    metadata: { labels: { ...labels, ...selector } },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: plan.priority,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: userId,
        runAsGroup: userId,
        fsGroup: userId,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...placementOf(target, plan),
      affinity: affinityOf(plan),
      topologySpreadConstraints: spreadOf(target, plan),
      // Cluster names are written in full: one question to DNS instead of five.
      dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      ...overrides,
      containers: [
        {
          name,
          image,
          imagePullPolicy: 'Always',
          ...(args !== undefined && { args: [...args] }),
          env: environmentOf(plan.variables),
          resources: containerResources(target, plan),
          securityContext: containerSecurity,
          ...container,
          volumeMounts: [...mountsOf(plan), ...mounts],
        },
      ],
      volumes: [...volumesOf(plan), ...volumes],
    },
  };
}

/** A pod that serves HTTP: probed, drained, and killed only after the code has had its time. */
export function serverTemplate(
  target: RenderTarget,
  plan: ServerPlan,
  extra: Pick<PodOverrides, 'volumes' | 'mounts'> = {},
): IPodTemplateSpec {
  const { port, probes } = plan;
  const at = (path: string) => ({ httpGet: { path, port: httpPortName } });
  return podTemplate(target, plan, {
    ...extra,
    terminationGracePeriodSeconds: preStopSeconds + probes.drainSeconds,
    container: {
      ports: [{ name: httpPortName, containerPort: port, protocol: 'TCP' }],
      startupProbe: { ...at(probes.liveness), periodSeconds: 2, failureThreshold: 30 },
      readinessProbe: {
        ...at(probes.readiness),
        periodSeconds: 5,
        timeoutSeconds: 3,
        failureThreshold: 2,
      },
      livenessProbe: {
        ...at(probes.liveness),
        periodSeconds: 10,
        timeoutSeconds: 2,
        failureThreshold: 3,
      },
      lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
    },
  });
}
