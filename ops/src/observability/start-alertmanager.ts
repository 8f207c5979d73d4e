import {
  alertmanagerConfig,
  type AlertReceivers,
} from '@maxai/topology/observability/alertmanager-config';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureInstalled } from '../local/debian-package.ts';
import { alertmanagerPackage } from './packages.ts';
import { startDaemon, type Daemon, type DaemonPlan } from './start-daemon.ts';

export type AlertmanagerOptions = {
  readonly folder: string;
  readonly port: number;
  readonly receivers: AlertReceivers;
};

/** Debian's Alertmanager with the platform's routes; its state lies in `folder`. */
export function planAlertmanager(options: AlertmanagerOptions): DaemonPlan {
  ensureInstalled(alertmanagerPackage);
  const { folder, port, receivers } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'alertmanager.yaml');
  writeFileSync(config, stringify(alertmanagerConfig(receivers)), { mode: 0o600 });
  return {
    name: 'alertmanager',
    program: 'prometheus-alertmanager',
    parameters: [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // One instance needs no peers.
      '--cluster.listen-address=',
    ],
    folder,
    port,
    readyPath: '/-/ready',
  };
}

/** Starts it on loopback. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Daemon> {
  return startDaemon(planAlertmanager(options));
}
