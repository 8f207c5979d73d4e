import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { samplingCollector } from '../../observability/collector-config.ts';
import { dashboards } from '../../observability/dashboards.ts';
import { platform } from '../../platform.ts';
import { renderKubernetes } from './render-kubernetes.ts';
import { renderTargets, targetFolder } from './render-targets.ts';

const clusters = renderTargets(platform).map((target) => {
  const objects = renderKubernetes(target)
    .map(({ object }) => object)
    .filter(({ metadata: { name, namespace } }) => [namespace, name].includes('monitoring'));
  const find = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as
      | { metadata: { labels: Record<string, string> }; spec: Spec; data: Record<string, string> }
      | undefined;
  return { name: targetFolder(target), objects, find };
});

type Container = { ports: { name: string; containerPort: number }[]; args: string[] };
type Spec = {
  replicas: number;
  clusterIP?: string;
  ports: { port: number }[];
  template: { spec: { automountServiceAccountToken: boolean; containers: Container[] } };
  groups: { rules: { alert?: string; annotations?: Record<string, string> }[] }[];
  route: { receiver: string; routes: { receiver: string; matchers: object[] }[] };
  receivers: {
    pagerdutyConfigs?: { routingKey: object }[];
    slackConfigs?: { apiURL: object }[];
  }[];
};

describe.each(clusters)('$name', ({ objects, find }) => {
  const configOf = (tier: string) =>
    parse(find('ConfigMap', tier)!.data['config.yaml']!) as ReturnType<typeof samplingCollector> & {
      exporters: { loadbalancing: { routing_key?: string; resolver: { dns: object } } };
    };

  it('keeps every trace with an error and a tenth of the others, whole traces at one sampler [R106]', () => {
    expect(configOf('otel-sampler').processors.tail_sampling).toEqual(
      samplingCollector('otlp').processors.tail_sampling,
    );
    const { routing_key, resolver } = configOf('otel-collector').exporters.loadbalancing;
    // The exporter's own choice for traces is their id.
    expect(routing_key).toBeUndefined();
    expect(resolver.dns).toMatchObject({
      hostname: 'otel-sampler.monitoring.svc.cluster.local',
      port: 4317,
    });
    expect(find('Service', 'otel-sampler')!.spec).toMatchObject({ clusterIP: 'None' });
  });

  it('runs two of each collector without a way to the API server', () => {
    for (const tier of ['otel-collector', 'otel-sampler']) {
      const { replicas, template } = find('Deployment', tier)!.spec;
      expect(replicas).toBe(2);
      expect(template.spec.automountServiceAccountToken).toBe(false);
      expect(find('PodDisruptionBudget', tier)).toBeDefined();
      expect(find('NetworkPolicy', tier)).toBeDefined();
    }
    expect(objects.filter(({ kind }) => /Role/.test(kind))).toEqual([]);
    expect(find('Namespace', 'monitoring')!.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('sends its traces to the first tier, from every process', () => {
    const target = renderTargets(platform).find((one) => targetFolder(one) === 'production/gke')!;
    const text = JSON.stringify(renderKubernetes(target).map(({ object }) => object));
    const endpoint = 'http://otel-collector.monitoring.svc.cluster.local:4318';
    const backends = [...platform.services, ...platform.workers];
    expect(text.split(`"value":"${endpoint}"`)).toHaveLength(backends.length + 1);
  });

  it('has every alert with its runbook, every dashboard, and routes whose keys are no text [R80]', () => {
    const rules = find('PrometheusRule', 'maxai')!.spec.groups.flatMap((group) => group.rules);
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    expect(alerts.length).toBeGreaterThan(20);
    for (const { annotations } of alerts) {
      expect(annotations?.['runbook_url']).toMatch(/^https:\/\/.*\/docs\/runbooks\/[\w-]+\.md$/);
    }
    for (const { uid } of dashboards()) {
      const { metadata, data } = find('ConfigMap', `dashboard-${uid}`)!;
      expect(metadata.labels['grafana_dashboard']).toBe('1');
      expect(JSON.parse(data[`${uid}.json`]!)).toMatchObject({ uid });
    }
    const { route, receivers } = find('AlertmanagerConfig', 'maxai')!.spec;
    expect(route.routes).toMatchObject([
      { receiver: 'pagerduty', matchers: [{ name: 'severity', value: 'critical' }] },
      { receiver: 'slack', matchers: [{ name: 'severity', value: 'warning' }] },
    ]);
    expect(receivers).toMatchObject([
      { pagerdutyConfigs: [{ routingKey: { name: 'alerting', key: 'pagerduty-key' } }] },
      { slackConfigs: [{ apiURL: { name: 'alerting', key: 'slack-url' } }] },
    ]);
  });
});
