import { mkdirSync } from 'node:fs';
import { ensureInstalled } from '../local/debian-package.ts';
import { nodeExporterPackage } from './packages.ts';
import type { DaemonPlan } from './start-daemon.ts';

/** Debian's exporter of this machine's disks and memory; nothing else is asked of it. */
export function planNodeExporter(options: {
  readonly folder: string;
  readonly port: number;
}): DaemonPlan {
  ensureInstalled(nodeExporterPackage);
  const { folder, port } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    name: 'node-exporter',
    program: 'prometheus-node-exporter',
    parameters: [
      `--web.listen-address=127.0.0.1:${port}`,
      '--collector.disable-defaults',
      ...['cpu', 'filesystem', 'loadavg', 'meminfo'].map((collector) => `--collector.${collector}`),
    ],
    folder,
    port,
    readyPath: '/metrics',
  };
}
