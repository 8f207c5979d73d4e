import { alertsOf } from '../observability/alerts.ts';
import type { Alert } from '../model/alert.ts';
import type { Platform } from '../model/index.ts';
import { claims, type Claim } from './claim.ts';

const said = 'the alerts of the model';

function seconds(limit: number): string {
  return limit < 1 ? `${limit * 1000}ms` : `${limit}s`;
}

/** The document's words for an alert, with the numbers of its expression. */
const wordings: Readonly<Record<string, (limit: number, minutes: number) => string>> = {
  ServiceDown: () => '- Service down (health check fails)',
  ErrorRateHigh: (limit, minutes) => `- Error rate > ${limit}% for ${minutes} minutes`,
  LatencyHigh: (limit, minutes) => `- P95 latency > ${seconds(limit)} for ${minutes} minutes`,
  DatabasePoolExhausted: () => '- Database connection pool exhausted',
  DiskAlmostFull: (limit) => `- Disk usage > ${limit}%`,
  ErrorRateRaised: (limit, minutes) => `- Error rate > ${limit}% for ${minutes} minutes`,
  LatencyRaised: (limit, minutes) => `- P95 latency > ${seconds(limit)} for ${minutes} minutes`,
  TrafficUnusual: () => '- Unusual traffic patterns',
};

function wordingOf({ name, expression, forMinutes }: Alert): string[] {
  const [, limit = ''] = / > ([\d.]+)/.exec(expression) ?? [];
  const wording = wordings[name];
  return wording === undefined ? [] : [wording(Number(limit), forMinutes)];
}

/** The document's alerts, as the expressions that are evaluated state them. */
export function alertClaims(platform: Platform): Claim[] {
  return claims(said, 'Alerting', alertsOf(platform).flatMap(wordingOf));
}
