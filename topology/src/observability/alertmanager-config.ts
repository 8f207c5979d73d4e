/** Where a severity's alerts go; keys and addresses are read from mounted files, never written here. */
export type AlertReceivers = {
  /** PagerDuty's Events API v2. */
  readonly pagerDutyUrl: string;
  readonly pagerDutyKeyFile: string;
  readonly slackUrlFile: string;
  readonly slackChannel: string;
};

const body =
  '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.runbook_url }}\n{{ end }}';

/**
 * Critical alerts page through PagerDuty, warnings are posted to Slack. While a service is down, what follows
 * from it is not told again, and a warning is silent beside the critical alert on the same service.
 */
export function alertmanagerConfig(receivers: AlertReceivers) {
  return {
    route: {
      receiver: 'slack',
      group_by: ['alertname', 'service', 'journey'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: [
        { receiver: 'pagerduty', matchers: ['severity="critical"'], repeat_interval: '1h' },
        { receiver: 'slack', matchers: ['severity="warning"'] },
      ],
    },
    inhibit_rules: [
      {
        source_matchers: ['alertname="ServiceDown"', 'service!=""'],
        target_matchers: ['alertname!="ServiceDown"'],
        equal: ['service'],
      },
      {
        source_matchers: ['severity="critical"', 'service!=""'],
        target_matchers: ['severity="warning"'],
        equal: ['service'],
      },
    ],
    receivers: [
      {
        name: 'pagerduty',
        pagerduty_configs: [
          {
            url: receivers.pagerDutyUrl,
            routing_key_file: receivers.pagerDutyKeyFile,
            severity: '{{ .CommonLabels.severity }}',
            description: '{{ .CommonAnnotations.summary }}',
            send_resolved: true,
          },
        ],
      },
      {
        name: 'slack',
        slack_configs: [
          {
            api_url_file: receivers.slackUrlFile,
            channel: receivers.slackChannel,
            title: '{{ .CommonLabels.alertname }} {{ .CommonLabels.service }}',
            text: body,
            send_resolved: true,
          },
        ],
      },
    ],
  } as const;
}
