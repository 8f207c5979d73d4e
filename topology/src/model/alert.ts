/** Critical wakes somebody through PagerDuty; a warning waits in Slack for working hours. */
export type AlertSeverity = 'critical' | 'warning';

export type Alert = {
  /** What it is called in Alertmanager, and, in kebab-case, its runbook. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** One line for whoever is woken; `{{ $labels.service }}` names the service. */
  readonly summary: string;
  /** PromQL; true for `forMinutes` on end before anybody is told. */
  readonly expression: string;
  readonly forMinutes: number;
  /** What tells apart two alerts of one name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** From the root of the repository. */
  readonly runbook: `docs/runbooks/${string}.md`;
};

/** A query that is evaluated once for everybody who asks it. */
export type RecordingRule = { readonly record: string; readonly expression: string };

/** What a person comes for, in one indicator: good events out of all events. */
export type Journey = {
  readonly name: string;
  readonly promise: string;
  readonly objectivePercent: number;
  /** PromQL rates over `window`, such as `5m`. */
  readonly bad: (window: string) => string;
  readonly all: (window: string) => string;
};
