import type { FastifyInstance } from 'fastify';
import { asObject } from '../json-body.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { clearState, type ProviderState, type World } from '../world.ts';
import { deliverableEvents, readDeliverInput, signWebhook } from './deliver.ts';

type Query = { Querystring: { provider?: string } };
type EffectParams = { Params: { provider: string; collection: string } };

/** The developer's handle on the sandbox: what happened, start afresh, send a signed webhook. */
export function controlRoutes(app: FastifyInstance, world: World, state: SandboxState): void {
  const effects = (): [string, ProviderState][] => {
    const { idempotency: _, ...providers } = state;
    return Object.entries(providers);
  };

  app.get<Query>('/_control/requests', async (request) => ({
    items: world.requests.list(request.query.provider),
  }));
  app.get('/_control/effects', async () =>
    Object.fromEntries(
      effects().map(([provider, collections]) => [
        provider,
        Object.fromEntries(
          Object.entries(collections).map(([name, collection]) => [name, collection.created]),
        ),
      ]),
    ),
  );
  app.get<EffectParams>('/_control/effects/:provider/:collection', async (request, reply) => {
    const byName = new Map<string, ProviderState>(effects());
    const collection = byName.get(request.params.provider)?.[request.params.collection];
    if (collection === undefined) {
      return reply.status(404).send({ message: 'See GET /_control/effects for what there is' });
    }
    return { created: collection.created, items: collection.values() };
  });
  app.get('/_control/accounts', async () => world.accounts);
  app.get('/_control/keys', async () => ({
    highlevel: { publicKey: world.highlevelKeys.publicKey },
  }));
  app.post('/_control/limits', async (request) => {
    world.highlevelBurstMax = Number(asObject(request.body)['highlevelBurstMax']);
    return { highlevelBurstMax: world.highlevelBurstMax };
  });
  app.post('/_control/reset', async (_request, reply) => {
    for (const collections of Object.values(state)) clearState(collections);
    world.requests.clear();
    world.faults.clear();
    return reply.status(204).send();
  });
  app.post('/_control/deliver', async (request, reply) => {
    const input = readDeliverInput(request.body);
    if (input === undefined) {
      return reply.status(400).send({ message: 'event and url are needed', deliverableEvents });
    }
    const webhook = signWebhook(world, state, input);
    const sentAt = performance.now();
    const response = await fetch(webhook.url, {
      method: 'POST',
      headers: webhook.headers,
      body: webhook.rawBody,
      signal: AbortSignal.timeout(15_000),
    }).catch((error: unknown) => String(error));
    if (typeof response === 'string') {
      return reply.status(502).send({ message: `${webhook.url} did not answer: ${response}` });
    }
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      durationMs: performance.now() - sentAt,
      sent: webhook,
    };
  });
}
