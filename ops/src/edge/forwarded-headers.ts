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

/** The headers that go from one side to the other: all but those of the connection itself. */
export function endToEndHeaders(headers: IncomingHttpHeaders): HeaderValues {
  const options = (headers.connection ?? '').split(',');
  const named = new Set(options.map((name) => name.trim().toLowerCase()));
  const kept: HeaderValues = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !named.has(name)) kept[name] = value;
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
  const passed = Object.entries(endToEndHeaders(headers)).filter(([name]) => !reserved.test(name));
  return {
    ...Object.fromEntries(passed),
    'x-forwarded-for': origin.clientAddress,
    'x-forwarded-proto': origin.protocol,
    'x-forwarded-host': origin.host,
    'x-correlation-id': origin.correlationId,
    ...outgoingTrace(origin),
  };
}
