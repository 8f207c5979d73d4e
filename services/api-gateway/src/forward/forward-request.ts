import type { Operation } from '@maxai/contracts/operation';
import type { Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { exchange, wasNeverSent } from '@maxai/runtime/http';
import { identityHeader } from '@maxai/runtime/identity';
import { outgoingTrace } from '@maxai/runtime/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Upstream } from '../context.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
};

/** The service may have done what it was asked, and gave no answer; also of what was cut off while it waited for a connection. */
export class OutcomeUnknown extends AppError {}

const passedOn = ['content-type', 'location', 'set-cookie', 'retry-after', 'cache-control'];
const browserHeaders = ['user-agent', 'cookie', 'accept-language'];

function requestHeaders(request: FastifyRequest, token: string): Record<string, string> {
  const headers: Record<string, string> = {
    [identityHeader]: token,
    'x-correlation-id': request.context.correlationId,
    ...outgoingTrace(request.context),
  };
  for (const name of browserHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

/**
 * Sends the request on to the operation's service under the caller's signed identity. Throws `service_unavailable` or
 * `upstream_timeout` when no answer comes, as {@link OutcomeUnknown} unless no connection came about.
 */
export async function forwardRequest(
  ctx: Context,
  operation: Operation,
  request: FastifyRequest,
  identity: Identity,
): Promise<Answer> {
  // The gateway's own operations are answered before they get here.
  const upstream = operation.service as Upstream;
  const headers = requestHeaders(request, await ctx.signer.sign(identity, upstream));
  const body =
    request.body === undefined || request.body === null ? undefined : JSON.stringify(request.body);
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    const answered = await exchange(
      ctx.upstreams[upstream],
      { method: operation.method, path: request.url, headers, ...(body !== undefined && { body }) },
      { timeoutMs: ctx.config.upstreamTimeoutMs },
    );
    const kept = passedOn.flatMap((name) => {
      const value = answered.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      status: answered.status,
      headers: Object.fromEntries(kept),
      body: answered.body.toString(),
    };
  } catch (cause) {
    const late = cause instanceof Error && /Timeout/.test(cause.name);
    const Failure = wasNeverSent(cause) ? AppError : OutcomeUnknown;
    throw new Failure(late ? 'upstream_timeout' : 'service_unavailable', {
      detail: `${upstream} did not answer`,
      cause,
    });
  }
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}
