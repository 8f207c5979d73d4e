import { randomBytes } from 'node:crypto';

export const traceKinds = ['every span failed', 'one span failed', 'succeeded'] as const;
export type TraceKind = (typeof traceKinds)[number];
export type InjectedTrace = { readonly traceId: string; readonly kind: TraceKind };

/** Spans of one trace, each from another process: a chain. */
export const spansPerTrace = 3;

const services = ['webhook-ingress', 'orchestrator-worker', 'payments-worker'] as const;
const batchSize = 200;
const ok = 1;
const error = 2;

function statusOf(kind: TraceKind, index: number): number {
  if (kind === 'every span failed') return error;
  // The last one, which comes last: nobody may decide before.
  return kind === 'one span failed' && index === spansPerTrace - 1 ? error : ok;
}

type PlannedTrace = InjectedTrace & { readonly spanIds: readonly string[] };

function plan(kind: TraceKind): PlannedTrace {
  return {
    kind,
    traceId: randomBytes(16).toString('hex'),
    spanIds: Array.from({ length: spansPerTrace }, () => randomBytes(8).toString('hex')),
  };
}

/** One process's spans of many traces, as that process would send them. */
function request(traces: readonly PlannedTrace[], index: number) {
  const service = services[index] ?? 'audit';
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = traces.map(({ traceId, spanIds, kind }) => ({
    traceId,
    spanId: spanIds[index],
    ...(index > 0 && { parentSpanId: spanIds[index - 1] }),
    name: `audit ${kind}`,
    kind: 2,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000n),
    status: { code: statusOf(kind, index) },
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return {
    resourceSpans: [
      { resource: { attributes }, scopeSpans: [{ scope: { name: 'maxai traces audit' }, spans }] },
    ],
  };
}

async function send(otlpUrl: string, body: object): Promise<void> {
  const response = await fetch(`${otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${otlpUrl} answered ${response.status}: ${text}`);
}

/** Sends `each` traces of every kind to an OTLP/HTTP endpoint, process by process. Returns what was sent. */
export async function injectTraces(
  otlpUrl: string,
  each: number,
): Promise<readonly InjectedTrace[]> {
  const kinds = Array.from({ length: each }, () => traceKinds).flat();
  const traces = kinds.map(plan);
  for (let from = 0; from < traces.length; from += batchSize) {
    const batch = traces.slice(from, from + batchSize);
    for (let index = 0; index < spansPerTrace; index += 1) {
      await send(otlpUrl, request(batch, index));
    }
  }
  return traces.map(({ traceId, kind }) => ({ traceId, kind }));
}
