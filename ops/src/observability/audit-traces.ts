import { samplingPolicy } from '@maxai/topology/observability/sampling-policy';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { binomialBounds } from './binomial-bounds.ts';
import {
  injectTraces,
  spansPerTrace,
  traceKinds,
  type InjectedTrace,
  type TraceKind,
} from './inject-traces.ts';
import { readSpans } from './otlp-spans.ts';

export type AuditRow = {
  readonly traces: TraceKind;
  readonly sent: number;
  readonly kept: number;
  readonly fewest: number;
  readonly most: number;
  /** Kept, but not with every span. */
  readonly torn: number;
};
export type Audit = { readonly passed: boolean; readonly rows: readonly AuditRow[] };

/** One audit in ten thousand fails by chance. */
const risk = 1e-4;
const pollMs = 250;

async function readKept(from: string): Promise<string> {
  if (!/^https?:/.test(from)) return readFileSync(from, 'utf8');
  const response = await fetch(from, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${from} answered ${response.status}`);
  return response.text();
}

/** How many spans of each trace there are in lines of OTLP; a last line that is being written is left out. */
function spansByTrace(lines: string): Map<string, number> {
  const counts = new Map<string, number>();
  const whole = lines.slice(0, lines.lastIndexOf('\n') + 1).split('\n');
  for (const { traceId } of whole.filter((line) => line !== '').flatMap(readSpans)) {
    counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
  }
  return counts;
}

function rowOf(
  kind: TraceKind,
  sent: readonly InjectedTrace[],
  kept: ReadonlyMap<string, number>,
): AuditRow {
  const ofKind = sent.filter((trace) => trace.kind === kind);
  const found = ofKind.flatMap(({ traceId }) => kept.get(traceId) ?? []);
  const share = samplingPolicy.successesPercent / 100;
  const bounds =
    kind === 'succeeded'
      ? binomialBounds(ofKind.length, share, risk)
      : { fewest: ofKind.length, most: ofKind.length };
  return {
    traces: kind,
    sent: ofKind.length,
    kept: found.length,
    ...bounds,
    torn: found.filter((spans) => spans !== spansPerTrace).length,
  };
}

function judge(sent: readonly InjectedTrace[], kept: ReadonlyMap<string, number>): Audit {
  const rows = traceKinds.map((kind) => rowOf(kind, sent, kept));
  const passed = rows.every(
    ({ kept: count, fewest, most, torn }) => count >= fewest && count <= most && torn === 0,
  );
  return { passed, rows };
}

/**
 * Sends known traces and looks at which are kept: all with an error, and of the others as many as the sampling policy
 * says, within bounds that chance leaves once in ten thousand audits. Waits until nothing more is kept.
 */
export async function auditTraces(options: {
  readonly otlpUrl: string;
  /** Lines of OTLP, in a file or at a URL. */
  readonly kept: string;
  /** Traces of each kind. */
  readonly each: number;
  /** How long decisions may take. */
  readonly waitMs: number;
  /** How long nothing more may come before it is over. */
  readonly quietMs: number;
}): Promise<Audit> {
  const sent = await injectTraces(options.otlpUrl, options.each);
  const deadline = performance.now() + options.waitMs;
  let kept = new Map<string, number>();
  let changedAt = performance.now();
  while (performance.now() < deadline) {
    await setTimeout(pollMs);
    const found = spansByTrace(await readKept(options.kept));
    const spans = [...found.values()].reduce((sum, count) => sum + count, 0);
    const before = [...kept.values()].reduce((sum, count) => sum + count, 0);
    if (spans !== before) changedAt = performance.now();
    kept = found;
    const errorsKept = sent.every(({ traceId, kind }) => kind === 'succeeded' || kept.has(traceId));
    if (errorsKept && performance.now() - changedAt > options.quietMs) break;
  }
  return judge(sent, kept);
}
