import { outgoingTrace } from '@maxai/runtime/telemetry';
import type { IncomingHttpHeaders } from 'node:http';

/** RFC 9110 7.6.1: these concern one connection and are never passed on; `expect` was answered by this server. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** What only the load balancer or a service may say about a request. */
const reserved = /^(?:x-forwarded-|x-maxai-|x-real-ip$|forwarded$|traceparent$|tracestate$)/;

export type HeaderValues = Record<string, string | string[]>;

/** Names that a message's `connection` header adds to those of the connection itself. */
function namedBy(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close')
    return undefined;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

/** The headers that go from one side to the other: all but those of the connection itself, and those left out. */
export function endToEndHeaders(headers: IncomingHttpHeaders, leftOut?: RegExp): HeaderValues {
  const named = namedBy(headers.connection);
  const kept: HeaderValues = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || hopByHop.has(name) || named?.has(name)) continue;
    if (leftOut?.test(name) !== true) kept[name] = value;
  }
  return kept;
}

export type Origin = {
  readonly clientAddress: string;
  readonly protocol: string;
  readonly host: string;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
};

/** A client's headers as a target sees them; whatever the client claims of its origin is replaced by what is known. */
export function forwardedHeaders(headers: IncomingHttpHeaders, origin: Origin): HeaderValues {
  return Object.assign(
    endToEndHeaders(headers, reserved),
    {
      'x-forwarded-for': origin.clientAddress,
      'x-forwarded-proto': origin.protocol,
      'x-forwarded-host': origin.host,
      'x-correlation-id': origin.correlationId,
    },
    outgoingTrace(origin),
  );
}
