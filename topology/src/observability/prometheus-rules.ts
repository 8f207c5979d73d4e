import { alertsOf } from './alerts.ts';
import type { Alert, RecordingRule } from '../model/alert.ts';
import type { Platform } from '../model/index.ts';
import { journeyRules, serviceRules } from './service-levels.ts';

type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** What Prometheus loads, as a file or inside a PrometheusRule. */
export type RuleGroups = {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly Rule[];
  }[];
};

function recording({ record, expression }: RecordingRule): Rule {
  return { record, expr: expression };
}

function alerting(alert: Alert, repositoryUrl: string): Rule {
  return {
    alert: alert.name,
    expr: alert.expression,
    for: `${alert.forMinutes}m`,
    labels: { severity: alert.severity, ...alert.labels },
    annotations: {
      summary: alert.summary,
      runbook_url: `${repositoryUrl}/${alert.runbook}`,
    },
  };
}

/** Recording and alerting rules; a runbook's address is `repositoryUrl` and its path. */
export function prometheusRules(platform: Platform, repositoryUrl: string): RuleGroups {
  const group = (name: string, interval: string, rules: readonly Rule[]) => ({
    name,
    interval,
    rules,
  });
  return {
    groups: [
      group('maxai-services', '30s', serviceRules.map(recording)),
      group('maxai-journeys', '1m', journeyRules.map(recording)),
      group(
        'maxai-alerts',
        '30s',
        alertsOf(platform).map((alert) => alerting(alert, repositoryUrl)),
      ),
    ],
  };
}
