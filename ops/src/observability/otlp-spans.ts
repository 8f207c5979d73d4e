/** What of a span matters here; ids as hexadecimal digits. */
export type TracedSpan = {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
};

type AnyValue = Readonly<Record<string, unknown>>;
type KeyValue = { readonly key: string; readonly value: AnyValue };

/** OTLP's JSON, as far as it is read. */
type Request = {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly {
      readonly spans?: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind?: number;
        readonly status?: { readonly code?: number };
        readonly attributes?: readonly KeyValue[];
      }[];
    }[];
  }[];
};

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const errorCode = 2;

function plain(attributes: readonly KeyValue[] = []): Record<string, unknown> {
  // Each value is an object with one member, named by its type.
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** The spans of one OTLP/HTTP request in JSON. Throws `SyntaxError` when it is none. */
export function readSpans(body: string): TracedSpan[] {
  const { resourceSpans = [] } = JSON.parse(body) as Request;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(plain(resource?.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map((span) => ({
        service,
        name: span.name,
        kind: kinds[span.kind ?? 0] ?? 'internal',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId:
          span.parentSpanId === undefined || span.parentSpanId === '' ? null : span.parentSpanId,
        failed: span.status?.code === errorCode,
        attributes: plain(span.attributes),
      })),
    );
  });
}
