import { publicOperations } from '@maxai/contracts/operations';
import type { Operation } from '@maxai/contracts/operation';
import { routePath, type App } from '@maxai/runtime/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { trustedOrigins } from '../config.ts';
import type { Context } from '../context.ts';
import { forwardRequest, sendAnswer } from '../forward/forward-request.ts';
import { runOnce } from '../idempotency/idempotency.ts';
import { createAuthenticator, type Caller } from '../principal/authenticate.ts';
import { rejectForeignSite } from '../principal/csrf.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

export type Guard = (
  operation: Operation,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Authenticates, checks the operation's audience, counts, and refuses writes from foreign sites. */
export function createGuard(app: App, ctx: Context): Guard {
  const authenticate = createAuthenticator(ctx);
  const origins = trustedOrigins(ctx.config);
  app.decorateRequest('caller');
  return (operation) => async (request, reply) => {
    // What a tenant sees is no cache's to keep; an operation that allows it says so in its answer.
    void reply.header('cache-control', 'no-store');
    const caller = await authenticate(request, reply, operation.audience);
    rejectForeignSite(request, caller.credential, origins);
    const { actor, tenantId } = caller.identity;
    Object.assign(request.context, {
      ...(tenantId !== null && { tenantId }),
      ...(actor.kind === 'user' && { userId: actor.id }),
    });
    request.caller = caller;
  };
}

function hasFields(operation: Operation): boolean {
  return Object.keys((operation.body as { properties?: object }).properties ?? {}).length > 0;
}

/** Every public operation of every service, on one gateway. */
export function registerOperations(app: App, ctx: Context, guard: Guard): void {
  for (const operation of publicOperations) {
    if (operation.service === 'api-gateway') continue;
    app.route({
      method: operation.method,
      url: routePath(operation),
      schema: {
        params: operation.params,
        querystring: operation.query,
        ...(hasFields(operation) && { body: operation.body }),
      },
      onRequest: guard(operation),
      handler: async (request, reply) => {
        const { identity } = request.caller;
        const forward = () => forwardRequest(ctx, operation, request, identity);
        const header = request.headers['idempotency-key'];
        if (operation.method !== 'POST' || typeof header !== 'string') {
          return sendAnswer(reply, await forward());
        }
        const scope = `${identity.tenantId ?? 'platform'} ${identity.actor.id} ${operation.id} ${request.url}`;
        return sendAnswer(
          reply,
          await runOnce(
            ctx.cache,
            {
              scope,
              header,
              payload: request.body,
              secretResult: operation.secretResult === true,
              nowMs: ctx.clock.now().getTime(),
            },
            forward,
          ),
        );
      },
    });
  }
}
