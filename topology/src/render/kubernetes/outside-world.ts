import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import { imageName } from '../../image-names.ts';
import { imageReference } from '../../releases.ts';
import { containerVariables } from './cluster-wiring.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { httpPortName, namespaceName, objectLabels, selectorLabels } from './object-names.ts';
import { declaredBy } from './origins.ts';
import { serverTemplate } from './pod-template.ts';
import { sandboxNamespace } from './render-targets.ts';
import { rendered, type KubernetesRenderer } from './rendered-object.ts';
import { secretAccess, type Workload } from './secret-access.ts';

/** The stand-in for every provider; it exists in a local cluster only, and one is enough: it remembers in memory. */
export const renderOutsideWorld: KubernetesRenderer = (target) => {
  const { platform, environment, cluster } = target;
  if (cluster.kind !== 'kind') return [];
  const { sandbox } = platform;
  const { name, port, probes } = sandbox;
  const namespace = namespaceName(environment, sandboxNamespace);
  const labels = objectLabels(environment, sandbox);
  const file = `${namespace}/${name}`;
  const origins = declaredBy(platform, name, { '': 'name' });
  const workload: Workload = { name, namespace, labels, file, origins };
  const variables = containerVariables(target, sandbox);
  const selector = selectorLabels(name);
  const template = serverTemplate(target, {
    name,
    labels,
    selector,
    serviceAccount: name,
    image: imageReference(environment.name, cluster, imageName(sandbox)),
    variables,
    secretName: name,
    resources: {
      cpuRequestMillicores: 100,
      memoryRequestMib: 128,
      memoryLimitMib: 384,
      ephemeralStorageMib: 64,
    },
    nodePool: 'services-pool',
    priority: 'maxai-internal',
    port,
    probes,
  });
  return [
    ...secretAccess(target, workload, [{ name, data: variables.secret }]),
    rendered(
      new Deployment({
        metadata: {
          name,
          namespace,
          labels,
          annotations: {
            'reloader.stakater.com/auto': 'true',
            // It remembers in memory: two of it would be two worlds.
            'kube-score/ignore': 'deployment-replicas,deployment-strategy',
          },
        },
        spec: {
          replicas: 1,
          selector: { matchLabels: selector },
          strategy: { type: 'Recreate' },
          template,
        },
      }),
      { file, origins },
    ),
    rendered(
      new KubernetesService({
        metadata: { name, namespace, labels },
        spec: {
          type: 'ClusterIP',
          selector,
          ports: [
            {
              name: httpPortName,
              port,
              targetPort: httpPortName,
              protocol: 'TCP',
              appProtocol: 'http',
            },
          ],
        },
      }),
      {
        file,
        origins: declaredBy(platform, name, { '': 'name', 'spec.ports[0].port': 'port' }),
      },
    ),
    disruptionBudget(workload, selector),
  ];
};
