import { randomBytes } from './random.ts';

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

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const correlationPattern = /^[A-Za-z0-9_.:-]{8,128}$/;

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes: number): string {
  let text = '';
  for (const byte of randomBytes(bytes)) text += hexPairs[byte];
  return text;
}

export function newTraceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

/**
 * The caller's trace continued under a new span, or a new trace when the header is missing or
 * invalid (W3C Trace Context: all-zero ids and version `ff` are invalid, a higher version is read by
 * its first four fields).
 */
export function continueTrace(header: string | undefined): string {
  const match = traceparentPattern.exec(header ?? '');
  const [, version = 'ff', traceId = '', spanId = '', flags = '00'] = match ?? [];
  const valid = version !== 'ff' && !/^0+$/.test(traceId) && !/^0+$/.test(spanId) && match !== null;
  return valid ? `00-${traceId}-${hex(8)}-${flags}` : newTraceparent();
}

export function traceIdOf(traceparent: string): string {
  return traceparent.split('-')[1] ?? '';
}

/** A correlation id from outside is kept only when it is harmless to log. */
export function acceptCorrelationId(header: string | undefined): string | undefined {
  return header !== undefined && correlationPattern.test(header) ? header : undefined;
}
