/** OTLP's JSON as far as traces are told apart; the rest is passed on as it came. */
type Span = { readonly traceId: string; readonly status?: { readonly code?: number } };
type ScopeSpans = { readonly spans?: readonly Span[] };
type ResourceSpans = { readonly scopeSpans?: readonly ScopeSpans[] };
export type TraceRequest = { readonly resourceSpans?: readonly ResourceSpans[] };

export type TracePart = {
  readonly traceId: string;
  readonly failed: boolean;
  /** A request of its own with the spans of this trace only. */
  readonly request: TraceRequest;
};

const errorCode = 2;

/** Splits a request into one for each trace. Throws `SyntaxError` when it is no JSON. */
export function splitByTrace(body: string): TracePart[] {
  const { resourceSpans = [] } = JSON.parse(body) as TraceRequest;
  return resourceSpans.flatMap((resource) =>
    (resource.scopeSpans ?? []).flatMap((scope) =>
      [...Map.groupBy(scope.spans ?? [], ({ traceId }) => traceId)].map(([traceId, spans]) => ({
        traceId,
        failed: spans.some(({ status }) => status?.code === errorCode),
        request: { resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans }] }] },
      })),
    ),
  );
}
