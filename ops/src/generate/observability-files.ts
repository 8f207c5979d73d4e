import { collector, sampler, traceStore } from '@maxai/topology/network/cluster-systems';
import {
  routingCollector,
  samplingCollector,
} from '@maxai/topology/observability/collector-config';
import { dashboards } from '@maxai/topology/observability/dashboards';
import { prometheusRules } from '@maxai/topology/observability/prometheus-rules';
import { platform } from '@maxai/topology/platform';
import { renderedFolder } from '@maxai/topology/rendered-files';
import { repositoryUrl } from '@maxai/topology/render/kubernetes/monitoring-rules';
import { stringify } from 'yaml';
import type { Generator } from './generated-file.ts';

const host = (name: string, namespace: string) => `${name}.${namespace}.svc.cluster.local`;
const yaml = (value: object) => stringify(value, { aliasDuplicateObjects: false });
const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;

/** Rules, dashboards and collector settings as Prometheus, Grafana and the collectors load them without a cluster. */
export const observabilityFiles: Generator = () =>
  platform.environments.flatMap(({ name }) => {
    const folder = `${renderedFolder}/${name}/observability`;
    const storeAt = `${host(traceStore.pods.name, traceStore.pods.namespace)}:${traceStore.port}`;
    const samplerAt = {
      hostname: host(sampler.pods.name, sampler.pods.namespace),
      port: sampler.port,
    };
    return [
      {
        path: `${folder}/prometheus-rules.yaml`,
        content: yaml(prometheusRules(platform, repositoryUrl)),
      },
      {
        path: `${folder}/${collector.pods.name}.yaml`,
        content: yaml(routingCollector(samplerAt)),
      },
      {
        path: `${folder}/${sampler.pods.name}.yaml`,
        content: yaml(samplingCollector('otlp', { endpoint: storeAt })),
      },
      ...dashboards().map((dashboard) => ({
        path: `${folder}/dashboards/${dashboard.uid}.json`,
        content: json(dashboard),
      })),
    ];
  });
