import type { DebianPackage } from '../local/debian-package.ts';

/** Prometheus, with promtool. */
export const prometheusPackage: DebianPackage = {
  product: 'Prometheus',
  program: 'promtool',
  packages: ['prometheus'],
};

/** Alertmanager, with amtool. */
export const alertmanagerPackage: DebianPackage = {
  product: 'Alertmanager',
  program: 'amtool',
  packages: ['prometheus-alertmanager'],
};

export const nodeExporterPackage: DebianPackage = {
  product: 'The node exporter',
  program: 'prometheus-node-exporter',
  packages: ['prometheus-node-exporter'],
};
