import type { LocalPlan } from '@maxai/ops/platform/local-plan';

const answered =
  /^http_request_duration_seconds_count\{(?![^}]*route="\/(?:health|livez|metrics)")[^}]*\} (\d+)$/gm;

/** Requests that an exposition says were answered, probes and scrapes not counted. */
export function answeredIn(exposition: string): number {
  return [...exposition.matchAll(answered)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Requests that each service and the edge have answered since they started, by name. */
export async function countRequests(plan: LocalPlan): Promise<Record<string, number>> {
  const asked = plan.processes.filter(({ kind }) => kind === 'service' || kind === 'edge');
  const counted = asked.map(async ({ name, healthUrl }) => {
    const response = await fetch(new URL('/metrics', healthUrl));
    return [name, answeredIn(await response.text())] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}
