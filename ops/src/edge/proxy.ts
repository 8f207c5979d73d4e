import { AppError } from '@maxai/kernel/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool } from 'undici';
import { endToEndHeaders, forwardedHeaders } from './forwarded-headers.ts';

export type ProxyTarget = {
  readonly name: string;
  readonly url: string;
  readonly answerTimeoutMs: number;
  /** `https` when people reach the platform by TLS. */
  readonly protocol: string;
};

export type Proxy = {
  /** `beforeAnswer` may add headers to those the target sent. */
  readonly forward: (
    request: FastifyRequest,
    reply: FastifyReply,
    beforeAnswer?: (reply: FastifyReply) => void,
  ) => Promise<FastifyReply>;
  /** Rejects unless the path answers 2xx. */
  readonly ping: (healthPath: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

function errorOf(name: string, cause: unknown): AppError {
  const late = cause instanceof Error && cause.name === 'HeadersTimeoutError';
  return late
    ? new AppError('upstream_timeout', { detail: `${name} did not answer in time`, cause })
    : new AppError('service_unavailable', {
        detail: `${name} cannot be reached`,
        retryAfterSeconds: 1,
        cause,
      });
}

/**
 * Passes requests to one target, path, query and body byte for byte as they came, and streams the answer back. A
 * client that goes away ends the request to the target as well.
 */
export function createProxy(target: ProxyTarget): Proxy {
  const { name, answerTimeoutMs } = target;
  const pool = new Pool(target.url, {
    connections: 256,
    connect: { timeout: 2000 },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  return {
    async forward(request, reply, beforeAnswer) {
      const { raw, context } = request;
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const answer = await pool
        .request({
          method: request.method,
          path: request.url,
          headers: forwardedHeaders(raw.headers, {
            clientAddress: request.ip,
            protocol: target.protocol,
            host: request.host,
            correlationId: context.correlationId,
            traceparent: context.traceparent,
            tracestate: context.tracestate,
          }),
          body: request.body === undefined ? null : raw,
          signal: gone.signal,
        })
        .catch((error: unknown) => {
          throw errorOf(name, error);
        });
      const headers = endToEndHeaders(answer.headers);
      void reply.code(answer.statusCode).headers(headers);
      beforeAnswer?.(reply);
      return reply.send(answer.body);
    },
    async ping(healthPath) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: healthPath });
      await body.dump();
      if (statusCode >= 300) throw new Error(`${name} answered ${statusCode}`);
    },
    close: () => pool.destroy(),
  };
}
