import { samplingPolicy } from './sampling-policy.ts';

/** Where kept traces go. */
export type TraceBackend = 'otlp' | 'file';

const receivers = { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } } as const;
const limits = {
  memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
};

/**
 * The first tier: every span comes here, is counted (rate, errors, duration) before anything is sampled, and goes
 * to the instance of the second tier that has the rest of its trace.
 */
export function routingCollector(samplingTier: {
  readonly hostname: string;
  readonly port: number;
}) {
  return {
    receivers,
    processors: limits,
    connectors: {
      spanmetrics: {
        histogram: { explicit: { buckets: ['10ms', '50ms', '150ms', '500ms', '1s', '5s'] } },
        dimensions_cache_size: 1000,
      },
    },
    exporters: {
      loadbalancing: {
        // Without another key the exporter shares spans out by the id of their trace.
        protocol: { otlp: { tls: { insecure: true } } },
        // By name, so that the collector needs no access to the API server.
        resolver: { dns: { ...samplingTier, interval: '5s', timeout: '1s' } },
      },
      prometheus: { endpoint: '0.0.0.0:8889' },
    },
    extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
    service: {
      extensions: ['health_check'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['memory_limiter'],
          exporters: ['spanmetrics', 'loadbalancing'],
        },
        metrics: { receivers: ['spanmetrics'], exporters: ['prometheus'] },
      },
    },
  } as const;
}

/** The second tier: waits for the whole trace, keeps it when it has an error, else with the given probability. */
export function samplingCollector(
  backend: TraceBackend,
  at: { readonly file?: string; readonly endpoint?: string } = {},
) {
  const policy = samplingPolicy;
  const backends = {
    otlp: { otlp: { endpoint: at.endpoint ?? '', tls: { insecure: true } } },
    file: { file: { path: at.file ?? '/var/lib/otel/traces.jsonl' } },
  };
  return {
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: '0.0.0.0:4317' }, http: { endpoint: '0.0.0.0:4318' } },
      },
    },
    processors: {
      ...limits,
      tail_sampling: {
        decision_wait: `${policy.decisionWaitSeconds}s`,
        num_traces: policy.undecidedTracesMax,
        decision_cache: {
          sampled_cache_size: policy.decisionsRemembered,
          non_sampled_cache_size: policy.decisionsRemembered,
        },
        // One that says yes is enough.
        policies: [
          { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
          {
            name: 'successes',
            type: 'probabilistic',
            probabilistic: { sampling_percentage: policy.successesPercent },
          },
        ],
      },
      batch: {},
    },
    exporters: backends[backend],
    extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
    service: {
      extensions: ['health_check'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'tail_sampling', 'batch'],
          exporters: [backend],
        },
      },
    },
  } as const;
}
