import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { stringify } from 'yaml';
import type { Resources } from '../../model/index.ts';
import {
  collector,
  monitoringNamespace,
  sampler,
  traceStore,
} from '../../network/cluster-systems.ts';
import type { Pods } from '../../network/network-edge.ts';
import { routingCollector, samplingCollector } from '../../observability/collector-config.ts';
import { imageReference } from '../../releases.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { objectLabels } from './object-names.ts';
import { declaredIn } from './origins.ts';
import { podTemplate } from './pod-template.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { serviceAccount, type Workload } from './secret-access.ts';

const image = 'otel-collector';
const configFile = 'topology/src/observability/collector-config.ts';
const settingsFolder = '/etc/otelcol';
const healthPort = 13_133;

/** The sampler finishes deciding on what it holds; the router has nothing of its own. */
const graceSeconds = 60;

type Tier = {
  readonly pods: Pods;
  readonly key: string;
  readonly config: object;
  readonly ports: Readonly<Record<string, number>>;
  readonly resources: Resources;
  /** Each of its pods has a name of its own, so that a trace's spans find the same one. */
  readonly headless: boolean;
};

function hostOf({ name, namespace }: Pods): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

const tiers: readonly Tier[] = [
  {
    pods: collector.pods,
    key: 'routingCollector',
    config: routingCollector({ hostname: hostOf(sampler.pods), port: sampler.port }),
    ports: { otlp: collector.port, metrics: collector.metricsPort },
    resources: {
      cpuRequestMillicores: 100,
      memoryRequestMib: 128,
      memoryLimitMib: 256,
      ephemeralStorageMib: 64,
    },
    headless: false,
  },
  {
    pods: sampler.pods,
    key: 'samplingCollector',
    config: samplingCollector('otlp', {
      endpoint: `${hostOf(traceStore.pods)}:${traceStore.port}`,
    }),
    ports: { otlp: sampler.port },
    resources: {
      cpuRequestMillicores: 200,
      memoryRequestMib: 512,
      memoryLimitMib: 1024,
      ephemeralStorageMib: 64,
    },
    headless: true,
  },
];

function workloadOf({ environment }: RenderTarget, { pods: { name }, key }: Tier): Workload {
  const owned = { name, owner: 'automation-team', costCentre: 'ops' } as const;
  return {
    name,
    namespace: monitoringNamespace,
    labels: objectLabels(environment, owned),
    file: `${monitoringNamespace}/${name}`,
    origins: declaredIn(configFile, { '': key }),
  };
}

function deployment(target: RenderTarget, tier: Tier, workload: Workload): RenderedObject {
  const { name, namespace, labels, file, origins } = workload;
  const selector = tier.pods.labels;
  const probed = { port: healthPort };
  const template = podTemplate(
    target,
    {
      name,
      labels,
      selector,
      serviceAccount: name,
      image: imageReference(target.environment.name, target.cluster, image),
      args: [`--config=${settingsFolder}/config.yaml`],
      variables: { plain: {}, secret: {} },
      secretName: name,
      resources: tier.resources,
      nodePool: 'services-pool',
      priority: 'maxai-internal',
    },
    {
      terminationGracePeriodSeconds: graceSeconds,
      container: {
        ports: [...Object.entries(tier.ports), ['health', healthPort] as const].map(
          ([portName, containerPort]) => ({
            name: portName,
            containerPort,
            protocol: 'TCP' as const,
          }),
        ),
        startupProbe: { tcpSocket: probed, periodSeconds: 2, failureThreshold: 30 },
        readinessProbe: { httpGet: { path: '/', ...probed }, periodSeconds: 5, timeoutSeconds: 2 },
        livenessProbe: {
          tcpSocket: probed,
          periodSeconds: 15,
          timeoutSeconds: 5,
          failureThreshold: 4,
        },
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      },
      volumes: [{ name: 'settings', configMap: { name, defaultMode: 0o444 } }],
      mounts: [{ name: 'settings', mountPath: settingsFolder, readOnly: true }],
    },
  );
  return rendered(
    new Deployment({
      metadata: { name, namespace, labels, annotations: { 'reloader.stakater.com/auto': 'true' } },
      spec: {
        replicas: 2,
        revisionHistoryLimit: 3,
        minReadySeconds: 5,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template,
      },
    }),
    { file, origins },
  );
}

function tierObjects(target: RenderTarget, tier: Tier): RenderedObject[] {
  const workload = workloadOf(target, tier);
  const { name, namespace, labels, file, origins } = workload;
  const metadata = { name, namespace, labels };
  const at = { file, origins };
  const config = stringify(tier.config, { aliasDuplicateObjects: false });
  return [
    serviceAccount(target, workload, false),
    rendered(new ConfigMap({ metadata, data: { 'config.yaml': config } }), at),
    deployment(target, tier, workload),
    rendered(
      new KubernetesService({
        metadata,
        spec: {
          type: 'ClusterIP',
          ...(tier.headless && { clusterIP: 'None' }),
          selector: { ...tier.pods.labels },
          ports: Object.entries(tier.ports).map(([portName, port]) => ({
            name: portName,
            port,
            targetPort: portName,
            protocol: 'TCP' as const,
          })),
        },
      }),
      at,
    ),
    disruptionBudget(workload, { ...tier.pods.labels }),
  ];
}

function spanMetrics(target: RenderTarget): RenderedObject[] {
  return tiers.flatMap((tier) => {
    const { name, namespace, labels, file, origins } = workloadOf(target, tier);
    if (tier.ports['metrics'] === undefined) return [];
    const monitor = new PodMonitor({
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: { ...tier.pods.labels } },
        podMetricsEndpoints: [{ port: 'metrics', interval: '15s', scrapeTimeout: '5s' }],
      },
    });
    return [rendered(monitor, { file, origins })];
  });
}

/** The two tiers of collectors: one counts every span and passes it on, the other decides which traces are kept. */
export const renderCollectors: KubernetesRenderer = (target) => [
  ...tiers.flatMap((tier) => tierObjects(target, tier)),
  ...spanMetrics(target),
];
