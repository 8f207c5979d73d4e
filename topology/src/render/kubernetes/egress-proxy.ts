import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import { egressProxy, proxiedCallers, type ProxiedCaller } from '../../network/egress-proxy.ts';
import { squidFiles } from '../../network/squid-settings.ts';
import { imageReference } from '../../releases.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { declarationOf, namespaceName, objectLabels } from './object-names.ts';
import { podTemplate } from './pod-template.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';
import { secretAccess, type Workload } from './secret-access.ts';

const settingsFolder = '/etc/egress-proxy';

/** Squid waits half a minute for open tunnels after the load balancer has let go of the pod. */
const preStopSeconds = 15;
const graceSeconds = 50;

function workloadOf(target: RenderTarget, callers: readonly ProxiedCaller[]): Workload {
  const namespace = namespaceName(target.environment, egressProxy.namespace);
  return {
    name: egressProxy.name,
    namespace,
    labels: objectLabels(target.environment, egressProxy),
    file: `${namespace}/${egressProxy.name}`,
    origins: callers.flatMap(({ backend, hosts }) =>
      hosts.map(({ host, key }) => ({
        field: '',
        file: declarationOf(target.platform, backend.name),
        key,
        because: `${backend.name} reaches ${host}`,
      })),
    ),
  };
}

/** A port's name has room for 15 characters: the caller's own port says which it is. */
function portName({ backend }: ProxiedCaller): string {
  return `via-${backend.port}`;
}

function deployment(
  target: RenderTarget,
  { name, namespace, labels, file, origins }: Workload,
  callers: readonly ProxiedCaller[],
): RenderedObject {
  const { environment, cluster } = target;
  const selector = { 'app.kubernetes.io/name': name };
  const first = { tcpSocket: { port: callers[0]?.port ?? 0 } };
  const alive = { tcpSocket: { port: callers.at(-1)?.port ?? 0 } };
  const template = podTemplate(
    target,
    {
      name,
      labels,
      selector,
      serviceAccount: name,
      image: imageReference(environment.name, cluster, 'squid'),
      args: ['-N', '-f', `${settingsFolder}/squid.conf`],
      variables: { plain: {}, secret: {} },
      secretName: name,
      resources: {
        cpuRequestMillicores: 100,
        memoryRequestMib: 128,
        memoryLimitMib: 256,
        ephemeralStorageMib: 64,
      },
      nodePool: 'services-pool',
      priority: 'maxai-data',
    },
    {
      terminationGracePeriodSeconds: graceSeconds,
      container: {
        ports: callers.map((caller) => ({
          name: portName(caller),
          containerPort: caller.port,
          protocol: 'TCP',
        })),
        startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 15 },
        readinessProbe: { ...first, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
        livenessProbe: { ...alive, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
        lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
      },
      volumes: [{ name: 'settings', configMap: { name, defaultMode: 0o444 } }],
      mounts: [{ name: 'settings', mountPath: settingsFolder, readOnly: true }],
    },
  );
  const model = new Deployment({
    metadata: { name, namespace, labels, annotations: { 'reloader.stakater.com/auto': 'true' } },
    spec: {
      replicas: 2,
      revisionHistoryLimit: 3,
      minReadySeconds: 5,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template,
    },
  });
  return rendered(model, { file, origins });
}

/** The one way out where policies know addresses only; nothing where nobody needs it. */
export function renderEgressProxy(target: RenderTarget): RenderedObject[] {
  const { platform, environment, cluster } = target;
  const callers = proxiedCallers(platform, environment, cluster);
  if (callers.length === 0) return [];
  const workload = workloadOf(target, callers);
  const { name, namespace, labels, file, origins } = workload;
  const selector = { 'app.kubernetes.io/name': name };
  const metadata = { name, namespace, labels };
  return [
    ...secretAccess(target, workload, []),
    rendered(new ConfigMap({ metadata, data: squidFiles(callers, settingsFolder) }), {
      file,
      origins,
    }),
    deployment(target, workload, callers),
    rendered(
      new KubernetesService({
        metadata,
        spec: {
          type: 'ClusterIP',
          selector,
          ports: callers.map((caller) => ({
            name: portName(caller),
            port: caller.port,
            targetPort: caller.port,
            protocol: 'TCP',
            appProtocol: 'http',
          })),
        },
      }),
      { file, origins },
    ),
    disruptionBudget(workload, selector),
  ];
}
