import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import type { Service, WebApp } from '../../model/index.ts';
import { autoscaler } from './autoscalers.ts';
import { containerVariables } from './cluster-wiring.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { canaryServiceName, httpPortName, selectorLabels } from './object-names.ts';
import { declaredBy } from './origins.ts';
import { queueScaler, scalingSecret } from './queue-scaling.ts';
import type { Released } from './release-strategies.ts';
import { rollout, workloadOf } from './rollouts.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { secretAccess, type SecretContent, type Workload } from './secret-access.ts';

function released(
  target: RenderTarget,
  deployable: Released,
  workload: Workload,
  furtherSecrets: readonly SecretContent[] = [],
): RenderedObject[] {
  const { secret } = containerVariables(target, deployable);
  return [
    ...secretAccess(target, workload, [{ name: workload.name, data: secret }, ...furtherSecrets]),
    rollout(target, deployable, workload),
    disruptionBudget(workload, selectorLabels(deployable.name)),
  ];
}

/** Reached inside the cluster only; a release narrows one to the old version and one to the new. */
function clusterService(
  { platform }: RenderTarget,
  deployable: Service | WebApp,
  { namespace, labels, file }: Workload,
  name: string,
): RenderedObject {
  return rendered(
    new KubernetesService({
      metadata: { name, namespace, labels },
      spec: {
        type: 'ClusterIP',
        selector: selectorLabels(deployable.name),
        ports: [
          {
            name: httpPortName,
            port: deployable.port,
            targetPort: httpPortName,
            protocol: 'TCP',
            appProtocol: 'http',
          },
        ],
      },
    }),
    {
      file,
      origins: declaredBy(platform, deployable.name, { '': 'name', 'spec.ports[0].port': 'port' }),
    },
  );
}

/** Services and web apps: released, reached, scaled by processor. */
export const renderServers: KubernetesRenderer = (target) =>
  [...target.platform.services, ...target.platform.webApps].flatMap((server) => {
    const workload = workloadOf(target, server);
    return [
      ...released(target, server, workload),
      clusterService(target, server, workload, server.name),
      clusterService(target, server, workload, canaryServiceName(server.name)),
      autoscaler(target, server, workload),
    ];
  });

/** Workers: released, scaled by the jobs that wait; nobody calls them. */
export const renderWorkers: KubernetesRenderer = (target) =>
  target.platform.workers.flatMap((worker) => {
    const workload = workloadOf(target, worker);
    return [
      ...released(target, worker, workload, [scalingSecret(worker)]),
      ...queueScaler(target, worker, workload),
    ];
  });
