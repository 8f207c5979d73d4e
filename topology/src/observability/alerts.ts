import { alertThresholds } from './alert-thresholds.ts';
import type { Alert } from '../model/alert.ts';
import type { Platform } from '../model/platform.ts';
import { rate, series } from './metric-series.ts';
import { badRatio, burnRates, journeys } from './service-levels.ts';

const at = alertThresholds;

function runbook(name: string): Alert['runbook'] {
  const file = name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
  return `docs/runbooks/${file}.md`;
}

function alert(rule: Omit<Alert, 'runbook'>): Alert {
  return { ...rule, runbook: runbook(rule.name) };
}

const enoughTraffic = `service:requests:rate5m > ${at.requestsPerSecondMin}`;

/** Nothing answers, nothing is scraped at all, or every instance reports a dependency it cannot do without. */
function serviceDown(services: readonly string[]): Alert {
  const gone = services.map(
    (service) => `absent(${series('up', `job="maxai",service="${service}"`)})`,
  );
  return alert({
    name: 'ServiceDown',
    severity: 'critical',
    summary: '{{ $labels.service }} does not answer, or its health check fails',
    expression: [
      `sum by (service) (${series('up', 'job="maxai"')}) == 0`,
      `max by (service) (min by (service, instance) (${series('health_check_up')})) == 0`,
      ...gone,
    ].join(' or '),
    forMinutes: 1,
  });
}

const critical: readonly Alert[] = [
  alert({
    name: 'ErrorRateHigh',
    severity: 'critical',
    summary: '{{ $labels.service }} fails {{ $value | printf "%.1f" }} % of its requests',
    expression: `service:errors:percent5m > ${at.errorPercentCritical} and on (service) ${enoughTraffic}`,
    forMinutes: at.errorMinutesCritical,
  }),
  alert({
    name: 'LatencyHigh',
    severity: 'critical',
    summary:
      '{{ $labels.service }} answers 5 % of its requests later than {{ $value | printf "%.2f" }} s',
    expression: `service:latency_seconds:p95_5m > ${at.latencySecondsCritical} and on (service) ${enoughTraffic}`,
    forMinutes: at.latencyMinutesCritical,
  }),
  alert({
    name: 'DatabasePoolExhausted',
    severity: 'critical',
    summary: '{{ $labels.service }} waits for a database connection: {{ $value }} callers',
    expression: `sum by (service) (${series('database_pool_connections', 'state="waiting"')}) > 0 and on (service) sum by (service) (${series('database_pool_connections', 'state="idle"')}) == 0`,
    forMinutes: 2,
  }),
  alert({
    name: 'DiskAlmostFull',
    severity: 'critical',
    summary:
      '{{ $labels.mountpoint }} of {{ $labels.instance }} is {{ $value | printf "%.0f" }} % full',
    expression: `100 * (1 - ${series('node_filesystem_avail_bytes', 'fstype!~"tmpfs|overlay"')} / ${series('node_filesystem_size_bytes', 'fstype!~"tmpfs|overlay"')}) > ${at.diskPercentCritical}`,
    forMinutes: 5,
  }),
];

const daily = 'avg_over_time(service:requests:rate5m[1d] offset 15m)';

const warnings: readonly Alert[] = [
  alert({
    name: 'ErrorRateRaised',
    severity: 'warning',
    summary: '{{ $labels.service }} fails {{ $value | printf "%.1f" }} % of its requests',
    expression: `service:errors:percent5m > ${at.errorPercentWarning} and on (service) ${enoughTraffic}`,
    forMinutes: at.errorMinutesWarning,
  }),
  alert({
    name: 'LatencyRaised',
    severity: 'warning',
    summary:
      '{{ $labels.service }} answers 5 % of its requests later than {{ $value | printf "%.2f" }} s',
    expression: `service:latency_seconds:p95_5m > ${at.latencySecondsWarning} and on (service) ${enoughTraffic}`,
    forMinutes: at.latencyMinutesWarning,
  }),
  alert({
    name: 'TrafficUnusual',
    severity: 'warning',
    summary:
      '{{ $labels.service }} gets {{ $value | printf "%.1f" }} times the requests of its average day',
    expression: `(service:requests:rate5m / ${daily} > 3 or service:requests:rate5m / ${daily} < 0.2) and on (service) ${daily} > 0.2`,
    forMinutes: 10,
  }),
  alert({
    name: 'ProcessSaturated',
    severity: 'warning',
    summary:
      '{{ $labels.service }} is at the end of one core: its event loop is late or its processor is full',
    expression: `max by (service) (${rate('process_cpu_seconds_total', '5m', 'job="maxai"')}) > 0.9 or max by (service) (${series('nodejs_eventloop_lag_p99_seconds', 'job="maxai"')}) > 0.25`,
    forMinutes: 10,
  }),
  alert({
    name: 'QueueStuck',
    severity: 'warning',
    summary: '{{ $labels.queue }} holds {{ $value }} jobs and finishes none',
    expression: `sum by (queue) (${series('queue_jobs', 'state="waiting"')}) > 0 unless on (queue) sum by (queue) (${rate('queue_job_duration_seconds_count', '5m')}) > 0`,
    forMinutes: 10,
  }),
];

const budgets: readonly Alert[] = journeys.flatMap((journey) =>
  burnRates.map(({ budgetPercent, long, short, factor, severity, forMinutes }) => {
    const limit = (factor * (100 - journey.objectivePercent)) / 100;
    const over = (window: string) => `${badRatio(journey, window)} > ${Number(limit.toFixed(6))}`;
    return {
      name: 'ErrorBudgetBurning',
      severity,
      summary: `${journey.name} burns ${budgetPercent} % of its monthly error budget in ${long}: ${journey.promise}`,
      expression: `${over(long)} and ${over(short)}`,
      forMinutes,
      labels: { journey: journey.name, window: long },
      runbook: runbook('ErrorBudgetBurning'),
    };
  }),
);

/** Every alert of the platform: the document's eight, saturation, and the burn rates of each journey. */
export function alertsOf({ services, workers }: Platform): readonly Alert[] {
  const names = [...services, ...workers].map(({ name }) => name);
  return [serviceDown(names), ...critical, ...warnings, ...budgets];
}
