import { randomHex } from './random.ts';

/** What travels with every request, job and event, and what every log line carries. */
export type RequestContext = {
  readonly correlationId: string;
  /** W3C `traceparent`, version 00. */
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
};

/** Trace id, parent id and flags stand at the same places in every version. */
const traceparentPattern =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
const correlationPattern = /^[A-Za-z0-9_.:-]{8,128}$/;

export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/**
 * The caller's trace continued under a new span, or a new trace when the header is missing or
 * invalid (W3C Trace Context: all-zero ids and version `ff` are invalid, a higher version is read by
 * its first four fields).
 */
export function continueTrace(header: string | undefined): string {
  if (header === undefined || !traceparentPattern.test(header)) return newTraceparent();
  return `00-${header.slice(3, 35)}-${randomHex(8)}-${header.slice(53, 55)}`;
}

export function traceIdOf(traceparent: string): string {
  return traceparent.split('-')[1] ?? '';
}

/** A correlation id from outside is kept only when it is harmless to log. */
export function acceptCorrelationId(header: string | undefined): string | undefined {
  return header !== undefined && correlationPattern.test(header) ? header : undefined;
}
