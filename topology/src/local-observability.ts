import type { LocalObservability } from './model/environment.ts';

/** Where what watches the platform listens on one machine; the ports move with the edge's. */
export function localObservability(portOffset: number): LocalObservability {
  return {
    prometheusPort: 4191 + portOffset,
    alertmanagerPort: 4193 + portOffset,
    nodeExporterPort: 4194 + portOffset,
    tracesPort: 4318 + portOffset,
  };
}
