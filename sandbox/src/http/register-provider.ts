import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { asObject } from '../json-body.ts';
import type { World } from '../world.ts';
import { ProviderAnswer } from './provider-answer.ts';

export type ProviderDefinition = {
  readonly name: string;
  /** Body fields whose text may carry a fault sentinel; a write's path always may. */
  readonly faultFields: readonly string[];
  readonly errorBody: (status: number, message: string) => unknown;
  /** Throws the provider's 401 unless the request carries its credentials. */
  readonly authenticate: (request: FastifyRequest) => void;
  readonly routes: (app: FastifyInstance) => void;
  /** Hooks that run after authentication and before a fault strikes. */
  readonly beforeFaults?: (app: FastifyInstance) => void;
};

const garbage = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';

function faultText(request: FastifyRequest, fields: readonly string[]): string {
  const body = asObject(request.body);
  const path = decodeURIComponent(request.url.replace(/\?.*$/, ''));
  return `${path} ${JSON.stringify(fields.map((field) => body[field]))}`;
}

/** Mounts a provider under `/<name>`: recorded, authenticated, able to fail on demand, errors in its own shape. */
export async function registerProvider(
  app: FastifyInstance,
  world: World,
  definition: ProviderDefinition,
): Promise<void> {
  const dropped = new WeakSet<FastifyRequest>();

  await app.register(
    async (scope) => {
      scope.setErrorHandler<FastifyError | ProviderAnswer>(async (error, _request, reply) => {
        if (error instanceof ProviderAnswer) {
          return reply.status(error.status).headers(error.headers).send(error.body);
        }
        const status = error.statusCode ?? 500;
        return reply.status(status).send(definition.errorBody(status, error.message));
      });
      scope.setNotFoundHandler(async (request, reply) =>
        reply
          .status(404)
          .send(definition.errorBody(404, `${request.method} ${request.url} does not exist`)),
      );
      scope.addHook('preHandler', async (request) => {
        world.requests.record(definition.name, request);
        definition.authenticate(request);
      });
      definition.beforeFaults?.(scope);
      scope.addHook('preHandler', async (request, reply) => {
        const fault = world.faults.next(
          definition.name,
          faultText(request, definition.faultFields),
        );
        if (fault === 'timeout') return reply.hijack();
        if (fault === 'garbage') return reply.type('text/html').send(garbage);
        if (fault === 'drop') dropped.add(request);
        if (fault === '500') {
          throw new ProviderAnswer(500, definition.errorBody(500, 'An internal error occurred'));
        }
        if (fault === '429') {
          throw new ProviderAnswer(429, definition.errorBody(429, 'Too many requests'), {
            'retry-after': '1',
          });
        }
        return undefined;
      });
      scope.addHook('onSend', async (request, reply, payload) => {
        world.requests.settle(request, reply.statusCode);
        if (dropped.has(request)) request.raw.socket.destroy();
        return payload;
      });
      definition.routes(scope);
    },
    { prefix: `/${definition.name}` },
  );
}
