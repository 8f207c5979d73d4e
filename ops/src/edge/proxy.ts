import { AppError } from '@maxai/kernel/errors';
import {
  beginExchange,
  exchange,
  receiveStream,
  receiveWhole,
  type ReceiverFactory,
} from '@maxai/runtime/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { endToEndHeaders, forwardedHeaders } from './forwarded-headers.ts';
import { isSmall } from './small-bodies.ts';

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

const connectionsMax = 256;

/** The parser lets three digits through. */
const statusMax = 599;

/** Those that wait for a connection included. A longer line would only be of requests whose senders gave up. */
const underWayMax = 2 * connectionsMax;

function tooMany(name: string): AppError {
  return new AppError('service_unavailable', {
    detail: `${name} has ${underWayMax} requests under way`,
    retryAfterSeconds: 1,
  });
}

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

/** A small answer is passed on in one piece, which costs less than a stream. */
const receiveAsSent: ReceiverFactory<Buffer | Readable> = (head, ...rest) =>
  isSmall(head.headers) ? receiveWhole(head, ...rest) : receiveStream(head, ...rest);

function bodyOf({ body, raw }: FastifyRequest): Buffer | IncomingMessage | null {
  if (Buffer.isBuffer(body)) return body;
  return body === undefined ? null : raw;
}

/**
 * Passes requests to one target, path, query and body byte for byte as they came, and streams back an answer that
 * is not small. A client that goes away ends the request to the target as well.
 */
export function createProxy(target: ProxyTarget): Proxy {
  const { name, answerTimeoutMs } = target;
  let underWay = 0;
  const pool = new Pool(target.url, {
    connections: connectionsMax,
    connect: { timeout: 2000 },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  const refuse = (cause: unknown): never => {
    throw errorOf(name, cause);
  };
  return {
    async forward(request, reply, beforeAnswer) {
      const { raw, context } = request;
      if (underWay === underWayMax) throw tooMany(name);
      underWay += 1;
      const { answer, abort } = beginExchange(
        pool,
        {
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
          body: bodyOf(request),
        },
        // An answer to HEAD names a length and has no body.
        request.method === 'HEAD' ? receiveStream : receiveAsSent,
      );
      reply.raw.once('close', () => {
        underWay -= 1;
        if (!reply.raw.writableFinished) abort(new Error('the client went away'));
      });
      const { status, headers, body } = await answer.catch(refuse);
      if (status > statusMax) {
        const unknown = new Error(`the status ${status} is none of HTTP's`);
        abort(unknown);
        refuse(unknown);
      }
      void reply.code(status).headers(endToEndHeaders(headers));
      beforeAnswer?.(reply);
      return reply.send(body);
    },
    async ping(healthPath) {
      const asked = { method: 'GET', path: healthPath } as const;
      const { status } = await exchange(pool, asked, { timeoutMs: answerTimeoutMs });
      if (status >= 300) throw new Error(`${name} answered ${status}`);
    },
    close: () => pool.destroy(),
  };
}
