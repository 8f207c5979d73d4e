import { continueTrace, traceIdOf } from '@maxai/kernel/trace-context';
import {
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { setTimeout } from 'node:timers/promises';

const tracer = trace.getTracer('maxai');

function traceparentOf({ traceId, spanId }: SpanContext): string {
  return `00-${traceId}-${spanId}-01`;
}

/** Where the span that is under way stands, as a `traceparent`; undefined while nobody traces. */
export function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  return span !== undefined && isSpanContextValid(span) ? traceparentOf(span) : undefined;
}

/**
 * The headers that continue a trace in a call to another process. None while a span is under way: whoever traces
 * adds its own, and a second `traceparent` would make both invalid.
 */
export function outgoingTrace(of: {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}): Record<string, string> {
  if (activeTraceparent() !== undefined) return {};
  return {
    traceparent: continueTrace(of.traceparent),
    ...(of.tracestate !== undefined && { tracestate: of.tracestate }),
  };
}

/** The sender's span as a parent, whatever it says about sampling: that is decided at the end of a trace. */
function contextOf(traceparent: string): Context {
  const [, , spanId = ''] = traceparent.split('-');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdOf(traceparent),
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** Hands the spans that have ended to whoever collects them, for at most `limitMs`; a process is about to end. */
export async function flushSpans(limitMs: number): Promise<void> {
  const proxy = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  if (!('forceFlush' in provider) || typeof provider.forceFlush !== 'function') return;
  const late = setTimeout(limitMs, undefined, { ref: false });
  const flushed: unknown = provider.forceFlush();
  await Promise.race([late, Promise.resolve(flushed).catch(() => undefined)]);
}

export type SpanOf = {
  readonly name: string;
  readonly kind: 'consumer' | 'producer' | 'internal';
  /** The span that this one follows from. */
  readonly traceparent: string;
  readonly attributes?: Attributes;
};

export type OpenSpan = {
  /** False while nobody traces. */
  readonly recording: boolean;
  /** Continues the trace under this span, or under an invented one while nobody traces. */
  readonly traceparent: string;
  /** Makes it the span that is under way. */
  readonly within: <T>(work: () => T) => T;
  /** An error marks it failed. */
  readonly end: (error?: unknown) => void;
};

const kinds = {
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
} as const;

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Opens a span that follows from another process or an earlier time; what was under way here becomes a link. */
export function openSpan({ name, kind, traceparent, attributes = {} }: SpanOf): OpenSpan {
  const parent = contextOf(traceparent);
  const here = trace.getSpanContext(context.active());
  const links = here === undefined ? [] : [{ context: here }];
  const span = tracer.startSpan(name, { kind: kinds[kind], attributes, links }, parent);
  const recording = span.isRecording();
  return {
    recording,
    traceparent: recording ? traceparentOf(span.spanContext()) : continueTrace(traceparent),
    within: (work) => context.with(trace.setSpan(parent, span), work),
    end(error) {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}
