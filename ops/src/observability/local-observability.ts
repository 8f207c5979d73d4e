import { localObservability } from '@maxai/topology/local-observability';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from '../local/debian-package.ts';
import type { LocalPlan } from '../platform/local-plan.ts';
import { spawnProcess } from '../supervisor/spawn-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import type { Supervised } from '../supervisor/supervisor.ts';
import { keptTracesOf, markObserved, observabilityFolder } from './observed.ts';
import { alertmanagerPackage, nodeExporterPackage, prometheusPackage } from './packages.ts';
import { planAlertmanager } from './start-alertmanager.ts';
import type { DaemonPlan } from './start-daemon.ts';
import { planNodeExporter } from './start-node-exporter.ts';
import { planPrometheus } from './start-prometheus.ts';

const scrapeIntervalSeconds = 15;
const receiverEntry = 'ops/src/observability/trace-receiver/main.ts';

/** From now on the platform of this state folder is watched. Throws when a program is missing and cannot be had. */
export function enableObservability(state: StateFolder): void {
  for (const wanted of [prometheusPackage, alertmanagerPackage, nodeExporterPackage]) {
    ensureInstalled(wanted);
  }
  markObserved(state);
}

/** The sandbox takes pages and messages; `/_control/effects` tells what it was sent. */
function receiversAt(folder: string, sandboxUrl: string, pagerDutyKey: string) {
  const pagerDutyKeyFile = join(folder, 'pagerduty-key');
  const slackUrlFile = join(folder, 'slack-url');
  writeFileSync(pagerDutyKeyFile, pagerDutyKey, { mode: 0o600 });
  writeFileSync(slackUrlFile, `${sandboxUrl}/slack/services/platform`, { mode: 0o600 });
  return {
    pagerDutyUrl: `${sandboxUrl}/pagerduty/v2/enqueue`,
    pagerDutyKeyFile,
    slackUrlFile,
    slackChannel: '#platform',
  };
}

function supervised(state: StateFolder, plan: DaemonPlan): Supervised {
  const { name, port, readyPath, program, parameters, folder, env = {} } = plan;
  const logFile = state.log(name);
  return {
    name,
    port,
    healthUrl: `http://127.0.0.1:${port}${readyPath}`,
    logFile,
    dependsOn: [],
    stopSignal: 'SIGTERM',
    start: () =>
      Promise.resolve(
        spawnProcess({ command: program, args: parameters, cwd: folder, env, logFile }),
      ),
  };
}

/** What watches a platform on one machine: Prometheus, Alertmanager, the node exporter and a trace receiver. */
export function watchersOf(options: {
  readonly plan: LocalPlan;
  readonly state: StateFolder;
  readonly secrets: Readonly<Record<string, string>>;
  readonly portOffset: number;
  /** The checkout. */
  readonly root: string;
}): Supervised[] {
  const { plan, state, secrets, root } = options;
  const ports = localObservability(options.portOffset);
  const folder = observabilityFolder(state);
  const sandbox = plan.processes.find(({ kind }) => kind === 'sandbox');
  const scraped = plan.processes.filter(({ kind }) => ['service', 'worker', 'edge'].includes(kind));
  const traceReceiver: DaemonPlan = {
    name: 'trace-receiver',
    port: ports.tracesPort,
    readyPath: '/health',
    program: process.execPath,
    parameters: [join(root, receiverEntry)],
    folder: root,
    env: {
      TRACE_RECEIVER_PORT: String(ports.tracesPort),
      TRACE_RECEIVER_FILE: keptTracesOf(state),
    },
  };
  const programs = [
    traceReceiver,
    planNodeExporter({ folder: join(folder, 'node-exporter'), port: ports.nodeExporterPort }),
    planAlertmanager({
      folder: join(folder, 'alertmanager'),
      port: ports.alertmanagerPort,
      receivers: receiversAt(
        folder,
        `http://127.0.0.1:${sandbox?.port}`,
        String(secrets['alerting-pagerduty-key']),
      ),
    }),
    planPrometheus({
      folder: join(folder, 'prometheus'),
      port: ports.prometheusPort,
      scrapeIntervalSeconds,
      targets: scraped.map(({ name, port }) => ({ service: name, port })),
      alertmanagerPort: ports.alertmanagerPort,
      nodeExporterPort: ports.nodeExporterPort,
    }),
  ];
  return programs.map((program) => supervised(state, program));
}
