import { FastifyOtelInstrumentation } from '@fastify/otel';
import { SamplingDecision } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { redactSpan } from './redact-span.ts';

/** Probes and scrapes: many, and about nobody's request. */
const unasked = /^\/(?:admin\/)?(?:health|livez|metrics)(?:\?|$)/;

/** Sends what {@link redactSpan} has seen. */
class RedactingExporter extends OTLPTraceExporter {
  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    for (const span of spans) redactSpan(span);
    super.export(spans, done);
  }
}

/**
 * Traces requests, calls, statements and jobs of this process and sends them to `OTEL_EXPORTER_OTLP_ENDPOINT`. Every
 * trace is sent, whatever its caller says: which are kept is decided when they are complete. Must run before the
 * modules it watches are loaded.
 */
export function startTracing(): { shutdown: () => Promise<void> } {
  const sdk = new NodeSDK({
    traceExporter: new RedactingExporter(),
    sampler: {
      shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }),
      toString: () => 'every trace',
    },
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => unasked.test(url),
        // Calls go through undici; only the exporter itself uses the other client.
        disableOutgoingRequestInstrumentation: true,
      }),
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        instrumentHandler: false,
        recordExceptions: false,
      }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
      new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    ],
  });
  sdk.start();
  return sdk;
}
