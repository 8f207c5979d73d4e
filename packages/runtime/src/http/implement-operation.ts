import type { BodyOf, Operation, ParamsOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import { holdsAnywhere, type Identity, type Permission } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identityHeader } from '../identity/index.ts';
import type { App } from './create-app.ts';

export type OperationInput<O extends Operation> = {
  readonly identity: Identity;
  /** The service that called, by its signing key. */
  readonly caller: string;
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

/** Returns the result; a handler that answers by itself (a redirect) returns the reply. */
export type OperationHandler<O extends Operation> = (
  input: OperationInput<O>,
) => Promise<ResultOf<O> | FastifyReply>;

function authorise(operation: Operation, identity: Identity): void {
  const { audience } = operation;
  if (audience === 'anyone') return;
  if (audience === 'service') {
    if (identity.actor.kind !== 'service') throw new AppError('not_found');
    return;
  }
  if (audience === 'authenticated') {
    if (identity.actor.kind === 'service') throw new AppError('unauthenticated');
    return;
  }
  const permission: Permission = audience;
  if (!holdsAnywhere(identity, permission)) {
    throw new AppError('forbidden', { detail: `needs ${permission}` });
  }
}

/** `/api/clients/{clientId}` → `/api/clients/:clientId`. */
export function routePath(operation: Operation): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/**
 * Serves one operation of the contracts: verifies the caller's signed identity, checks the operation's
 * audience, validates, and answers with the declared status. The handler checks the client's scope.
 */
export function implement<O extends Operation>(
  app: App,
  operation: O,
  handler: OperationHandler<O>,
): void {
  const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE';
  const bodyFields =
    'properties' in operation.body ? Object.keys(operation.body.properties as object) : [];
  app.route({
    method: operation.method,
    url: routePath(operation),
    schema: {
      params: operation.params,
      querystring: operation.query,
      ...(hasBody && bodyFields.length > 0 && { body: operation.body }),
      ...(operation.status !== 204 &&
        operation.status !== 302 && {
          response: { [operation.status]: operation.result },
        }),
    },
    onRequest: async (request) => {
      const token = request.headers[identityHeader];
      const verifier = app.identityVerifier;
      if (typeof token !== 'string' || !verifier) throw new AppError('unauthenticated');
      const { caller, identity } = await verifier.verify(token);
      authorise(operation, identity);
      const { actor, tenantId } = identity;
      Object.assign(request.context, {
        ...(tenantId !== null && { tenantId }),
        ...(actor.kind === 'user' && { userId: actor.id }),
      });
      request.verified = { caller, identity };
    },
    handler: async (request, reply) => {
      const result = await handler({
        ...request.verified,
        // The schemas above have just checked these three against the operation's own types.
        params: request.params as ParamsOf<O>,
        query: request.query as QueryOf<O>,
        body: request.body as BodyOf<O>,
        request,
        reply,
      });
      if (reply.sent || result === reply) return reply;
      return reply.code(operation.status).send(operation.status === 204 ? undefined : result);
    },
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    verified: { caller: string; identity: Identity };
  }
}
