import { sizingAdvice, type Saturation } from '@maxai/topology/cost/sizing-advice';
import { rate, series } from '@maxai/topology/observability/metric-series';
import { platform } from '@maxai/topology/platform';
import { queryPrometheus } from '../../observability/start-prometheus.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { formatTable } from '../../terminal/format-table.ts';

type Options = { readonly prometheus: string; readonly days: string; readonly json?: true };

/** What Prometheus has seen of every process in the last days. */
export async function observeSaturation(url: string, days: number): Promise<Saturation[]> {
  const over = `[${days}d:1m]`;
  const ask = async (query: string) => {
    const samples = await queryPrometheus(url, query);
    return new Map(samples.map(({ labels, value }) => [labels['service'] ?? '', value]));
  };
  const cpu = rate('process_cpu_seconds_total', '5m', 'job="maxai"');
  const [cores, memory, waiting, instances] = await Promise.all([
    ask(`max by (service) (quantile_over_time(0.95, ${cpu}${over}))`),
    ask(
      `max by (service) (max_over_time(${series('process_resident_memory_bytes', 'job="maxai"')}[${days}d]))`,
    ),
    ask(
      `max by (service) (max_over_time(${series('database_pool_connections', 'state="waiting"')}[${days}d]))`,
    ),
    ask(`sum by (service) (${series('up', 'job="maxai"')})`),
  ]);
  return [...memory].map(([service, bytes]) => ({
    service,
    cpuCores: cores.get(service) ?? 0,
    memoryMib: bytes / 1024 / 1024,
    waitingForDatabase: waiting.get(service) ?? 0,
    instances: instances.get(service) ?? 0,
  }));
}

/** What was seen, which must be something. */
async function seenBy(url: string, days: string): Promise<Saturation[]> {
  const seen = await observeSaturation(url, Number(days)).catch((error: unknown) => {
    throw new CommandError(
      `Prometheus at ${url} does not answer: ${String(error)}`,
      'Give --prometheus the address it answers at, such as http://127.0.0.1:9090, and --days a number.',
      { cause: error },
    );
  });
  if (seen.length > 0) return seen;
  throw new CommandError(
    `Prometheus at ${url} has seen no process of the platform in the last ${days} days.`,
    'Give --prometheus the one that scrapes the platform, and let the platform run for a minute first.',
  );
}

/** Tells which processes, pools or instances should be larger or smaller, by what was seen. */
export async function adviseSizes(options: Options): Promise<void> {
  const seen = await seenBy(options.prometheus, options.days);
  const advice = sizingAdvice(seen, [...platform.services, ...platform.workers]);
  if (options.json === true) {
    console.log(JSON.stringify({ seen, advice }, undefined, 2));
    return;
  }
  console.log(
    advice.length === 0
      ? `Every one of the ${seen.length} processes seen has the size it needs.`
      : formatTable(
          ['service', 'seen', 'advice'],
          advice.map((one) => [one.service, one.observed, one.advice]),
        ),
  );
}
