import { prometheusRules } from '@maxai/topology/observability/prometheus-rules';
import { platform } from '@maxai/topology/platform';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureInstalled } from '../local/debian-package.ts';
import { prometheusPackage } from './packages.ts';
import { startDaemon, type Daemon, type DaemonPlan } from './start-daemon.ts';

/** A process to scrape at `/metrics`; its `service` is a label, as a pod's is in a cluster. */
export type ScrapeTarget = {
  readonly service: string;
  readonly port: number;
  /** Further labels, such as the version that is being judged. */
  readonly labels?: Readonly<Record<string, string>>;
};

export type PrometheusOptions = {
  readonly folder: string;
  readonly port: number;
  readonly targets: readonly ScrapeTarget[];
  readonly scrapeIntervalSeconds: number;
  /** Where alerts are sent; without it they are only shown. */
  readonly alertmanagerPort?: number;
  /** A node exporter, for the machine's disks. */
  readonly nodeExporterPort?: number;
};

function scrapeConfigs({ targets, nodeExporterPort }: PrometheusOptions) {
  const maxai = {
    job_name: 'maxai',
    honor_labels: true,
    static_configs: targets.map(({ service, port, labels }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { service, ...labels },
    })),
  };
  return nodeExporterPort === undefined
    ? [maxai]
    : [
        maxai,
        { job_name: 'node', static_configs: [{ targets: [`127.0.0.1:${nodeExporterPort}`] }] },
      ];
}

/** The configuration of a Prometheus on this machine, with the platform's own rules beside it. */
export function prometheusConfig(options: PrometheusOptions) {
  const { scrapeIntervalSeconds, alertmanagerPort } = options;
  return {
    global: {
      scrape_interval: `${scrapeIntervalSeconds}s`,
      scrape_timeout: `${Math.min(5, scrapeIntervalSeconds)}s`,
      evaluation_interval: `${scrapeIntervalSeconds}s`,
    },
    rule_files: ['rules.yaml'],
    scrape_configs: scrapeConfigs(options),
    ...(alertmanagerPort !== undefined && {
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }],
      },
    }),
  };
}

/** Debian's Prometheus; data, configuration and rules lie in `folder`. */
export function planPrometheus(options: PrometheusOptions): DaemonPlan {
  ensureInstalled(prometheusPackage);
  const { folder, port } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(config, stringify(prometheusConfig(options)));
  writeFileSync(
    join(folder, 'rules.yaml'),
    stringify(prometheusRules(platform, '.'), { aliasDuplicateObjects: false }),
  );
  return {
    name: 'prometheus',
    program: 'prometheus',
    parameters: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=2d',
      '--storage.tsdb.retention.size=512MB',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    port,
    readyPath: '/-/ready',
  };
}

/** Starts it on loopback. */
export async function startPrometheus(options: PrometheusOptions): Promise<Daemon> {
  return startDaemon(planPrometheus(options));
}

export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Asks a Prometheus for the present value of a query; throws when it does not answer or refuses the query. */
export async function queryPrometheus(url: string, query: string): Promise<Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`, {
    signal: AbortSignal.timeout(5000),
  });
  // Prometheus answers every query in this shape.
  const answer = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (answer.status !== 'success') {
    throw new Error(`Prometheus refused ${query}: ${answer.error ?? response.status}`);
  }
  return answer.data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}
