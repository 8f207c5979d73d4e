import {
  alertmanagerConfig,
  type AlertReceivers,
} from '@maxai/topology/observability/alertmanager-config';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureInstalled } from '../local/debian-package.ts';
import { alertmanagerPackage } from './packages.ts';
import { startDaemon, type Daemon } from './start-daemon.ts';

/** Starts Debian's Alertmanager on loopback with the platform's routes; its state lies in `folder`. */
export async function startAlertmanager(options: {
  readonly folder: string;
  readonly port: number;
  readonly receivers: AlertReceivers;
}): Promise<Daemon> {
  ensureInstalled(alertmanagerPackage);
  const { folder, port, receivers } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'alertmanager.yaml');
  writeFileSync(config, stringify(alertmanagerConfig(receivers)), { mode: 0o600 });
  return startDaemon({
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
  });
}
