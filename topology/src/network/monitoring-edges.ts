import { clusterDns, collector, prometheus, sampler, traceStore } from './cluster-systems.ts';
import { tcp, type NetworkEdge } from './network-edge.ts';

const file = 'topology/src/network/cluster-systems.ts';

/** From tier to tier of the collectors, out to the store of traces, and in from Prometheus. */
export function monitoringEdges(): NetworkEdge[] {
  const edge = (
    ends: Pick<NetworkEdge, 'from' | 'to' | 'ports'>,
    key: string,
    because: string,
  ): NetworkEdge => ({ ...ends, file, key, because });
  const dns = [{ protocol: 'UDP', port: 53 } as const, ...tcp(53)];
  return [
    edge(
      { from: collector.pods, to: sampler.pods, ports: tcp(sampler.port) },
      'sampler',
      'every span goes to the sampler that has the rest of its trace',
    ),
    edge(
      { from: prometheus, to: collector.pods, ports: tcp(collector.metricsPort) },
      'collector',
      'the metrics of spans are taken before any trace is thrown away',
    ),
    edge(
      { from: sampler.pods, to: traceStore.pods, ports: tcp(traceStore.port) },
      'traceStore',
      'kept traces are stored there',
    ),
    ...[collector, sampler].map(({ pods }) =>
      edge(
        { from: pods, to: clusterDns, ports: dns },
        'clusterDns',
        'it resolves the names it connects to',
      ),
    ),
  ];
}
