import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import { stripeErrorBody } from './stripe-rules.ts';

export type StoredAnswer = {
  readonly fingerprint: string;
  answer: { status: number; payload: string } | undefined;
};

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return request.method === 'POST' && typeof key === 'string' ? key : undefined;
}

function refuse(status: number, message: string): ProviderAnswer {
  return new ProviderAnswer(
    status,
    stripeErrorBody(status, message, { type: 'idempotency_error' }),
  );
}

/**
 * Stripe v1's idempotency: the first answer is replayed, a 500 included; other parameters are 400, a request
 * still running is 409, and a validation failure (4xx) leaves the key unused.
 */
export function addIdempotency(app: FastifyInstance, keys: Collection<StoredAnswer>): void {
  const owners = new WeakMap<FastifyRequest, StoredAnswer>();

  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    reply.header('idempotency-key', key);
    const fingerprint = `${request.url} ${JSON.stringify(request.body)}`;
    const stored = keys.get(key);
    if (stored === undefined) {
      owners.set(request, keys.add(key, { fingerprint, answer: undefined }));
      return undefined;
    }
    if (stored.fingerprint !== fingerprint) {
      throw refuse(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (stored.answer === undefined) {
      throw refuse(
        409,
        `There is currently another in-progress request using this Idempotent Key: '${key}'.`,
      );
    }
    return reply
      .status(stored.answer.status)
      .header('idempotent-replayed', 'true')
      .type('application/json')
      .send(stored.answer.payload);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const stored = owners.get(request);
    const isKept = reply.statusCode < 400 || reply.statusCode >= 500;
    if (stored && isKept) stored.answer = { status: reply.statusCode, payload: String(payload) };
    if (stored && !isKept) keys.delete(keyOf(request) ?? '');
    return payload;
  });
}
