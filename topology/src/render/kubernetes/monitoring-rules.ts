import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { AlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { monitoringNamespace } from '../../network/cluster-systems.ts';
import { alertmanagerConfig } from '../../observability/alertmanager-config.ts';
import { dashboards } from '../../observability/dashboards.ts';
import { prometheusRules } from '../../observability/prometheus-rules.ts';
import { signedBy } from '../../signing.ts';
import { objectLabels } from './object-names.ts';
import { declaredIn, secretsFile } from './origins.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { secretAccess } from './secret-access.ts';
import { secretField } from './secret-templates.ts';

/** Where a runbook is read: on the branch that is released. */
export const repositoryUrl = signedBy.subject.replace(/\/\.github\/.*$/, '/blob/main');

/** Holds what Alertmanager proves itself with; see docs/decisions/0026. */
const alertingSecret = 'alerting';

function metadataOf({ environment }: RenderTarget, name: string) {
  const owned = { name, owner: 'automation-team', costCentre: 'ops' } as const;
  return { name, namespace: monitoringNamespace, labels: objectLabels(environment, owned) };
}

/** `severity="critical"` as Kubernetes writes it. */
function matcher(text: string) {
  const [, name = '', matchType = '=', value = ''] = /^(\w+)(!=|=)"(.*)"$/.exec(text) ?? [];
  // A bare `=` means something else to readers of YAML 1.1, and is what is meant without it.
  return matchType === '=' ? { name, value } : { name, matchType: '!=' as const, value };
}

/** The routes of {@link alertmanagerConfig} with its key and address read from a Secret. */
function alertmanagerSpec() {
  const { route, inhibit_rules, receivers } = alertmanagerConfig({
    pagerDutyUrl: 'https://events.pagerduty.com/v2/enqueue',
    pagerDutyKeyFile: '',
    slackUrlFile: '',
    slackChannel: '#platform',
  });
  const [pagerduty, slack] = receivers;
  const [page] = pagerduty.pagerduty_configs;
  const [post] = slack.slack_configs;
  const secret = (key: string) => ({ name: alertingSecret, key });
  return {
    route: {
      receiver: route.receiver,
      groupBy: [...route.group_by],
      groupWait: route.group_wait,
      groupInterval: route.group_interval,
      repeatInterval: route.repeat_interval,
      routes: route.routes.map((child) => ({
        receiver: child.receiver,
        matchers: child.matchers.map(matcher),
        ...('repeat_interval' in child && { repeatInterval: child.repeat_interval }),
      })),
    },
    inhibitRules: inhibit_rules.map((rule) => ({
      sourceMatch: rule.source_matchers.map(matcher),
      targetMatch: rule.target_matchers.map(matcher),
      equal: [...rule.equal],
    })),
    receivers: [
      {
        name: pagerduty.name,
        pagerdutyConfigs: [
          {
            url: page.url,
            routingKey: secret('pagerduty-key'),
            severity: page.severity,
            description: page.description,
            sendResolved: page.send_resolved,
          },
        ],
      },
      {
        name: slack.name,
        slackConfigs: [
          {
            apiURL: secret('slack-url'),
            channel: post.channel,
            title: post.title,
            text: post.text,
            sendResolved: post.send_resolved,
          },
        ],
      },
    ],
  };
}

/** The Secret, fetched with an identity that reads nothing else; no pod runs as it. */
function alertingAccess(target: RenderTarget): RenderedObject[] {
  const { name, namespace, labels } = metadataOf(target, alertingSecret);
  const origins = declaredIn(secretsFile, { '': 'alerting-pagerduty-key' });
  const workload = { name, namespace, labels, file: `${namespace}/${name}`, origins };
  const data = {
    'pagerduty-key': secretField('alerting-pagerduty-key'),
    'slack-url': secretField('alerting-slack-url'),
  };
  return secretAccess(target, workload, [{ name, data }]);
}

/** Rules for Prometheus, routes for Alertmanager and dashboards for Grafana, which their operators and sidecar pick up. */
export const renderMonitoringRules: KubernetesRenderer = (target) => {
  const at = (key: string, source: string) => ({
    file: `${monitoringNamespace}/rules`,
    origins: declaredIn(`topology/src/observability/${source}.ts`, { '': key }),
  });
  // The model's arrays are read-only, the operator's are not: a copy is as good.
  const { groups } = structuredClone(prometheusRules(target.platform, repositoryUrl));
  return [
    rendered(
      new PrometheusRule({
        metadata: metadataOf(target, 'maxai'),
        spec: {
          groups: groups.map(({ rules, ...group }) => ({
            ...group,
            rules: rules.map(({ labels, annotations, ...rule }) => ({
              ...rule,
              ...(labels !== undefined && { labels: { ...labels } }),
              ...(annotations !== undefined && { annotations: { ...annotations } }),
            })),
          })),
        },
      }),
      at('prometheusRules', 'prometheus-rules'),
    ),
    rendered(
      new AlertmanagerConfig({ metadata: metadataOf(target, 'maxai'), spec: alertmanagerSpec() }),
      at('alertmanagerConfig', 'alertmanager-config'),
    ),
    ...alertingAccess(target),
    ...dashboards().map((dashboard) => {
      const { labels, ...metadata } = metadataOf(target, `dashboard-${dashboard.uid}`);
      return rendered(
        new ConfigMap({
          metadata: { ...metadata, labels: { ...labels, grafana_dashboard: '1' } },
          data: { [`${dashboard.uid}.json`]: JSON.stringify(dashboard, undefined, 2) },
        }),
        { ...at('dashboards', 'dashboards'), file: `${monitoringNamespace}/dashboards` },
      );
    }),
  ];
};
