import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { httpPortName, selectorLabels } from './object-names.ts';
import { declaredBy } from './origins.ts';
import { rendered, type KubernetesRenderer } from './rendered-object.ts';
import { workloadOf } from './rollouts.ts';

/** Every backend is scraped pod by pod; the version is a label, so that a new one can be judged by itself. */
export const renderMonitors: KubernetesRenderer = (target) =>
  [...target.platform.services, ...target.platform.workers].map((backend) => {
    const { name, namespace, labels, file } = workloadOf(target, backend);
    return rendered(
      new PodMonitor({
        metadata: { name, namespace, labels },
        spec: {
          // The label's value, `maxai`, becomes `job`.
          jobLabel: 'app.kubernetes.io/part-of',
          podTargetLabels: ['service', 'environment', 'rollouts-pod-template-hash'],
          selector: { matchLabels: selectorLabels(backend.name) },
          podMetricsEndpoints: [
            {
              port: httpPortName,
              path: '/metrics',
              interval: '15s',
              scrapeTimeout: '5s',
              honorLabels: true,
            },
          ],
        },
      }),
      { file, origins: declaredBy(target.platform, backend.name, { '': 'name' }) },
    );
  });
