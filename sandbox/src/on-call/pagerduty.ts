import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject, type JsonObject } from '../json-body.ts';

export function createPagerDutyState() {
  return { events: new Collection<JsonObject>(1000) };
}
export type PagerDutyState = ReturnType<typeof createPagerDutyState>;

const actions = new Set(['trigger', 'acknowledge', 'resolve']);

function errorBody(_status: number, message: string): JsonObject {
  return { status: 'invalid event', message: 'Event object is invalid', errors: [message] };
}

/** What the Events API v2 demands of an event. */
function problemOf(event: JsonObject): string | undefined {
  if (typeof event['routing_key'] !== 'string' || event['routing_key'] === '')
    return "'routing_key' is missing or blank";
  if (!actions.has(String(event['event_action']))) return "'event_action' is invalid";
  const payload = asObject(event['payload']);
  if (event['event_action'] !== 'trigger') return undefined;
  const missing = ['summary', 'source', 'severity'].find((name) => payload[name] === undefined);
  return missing === undefined ? undefined : `'payload.${missing}' is missing or blank`;
}

function routes(app: FastifyInstance, state: PagerDutyState): void {
  app.post('/v2/enqueue', async (request, reply) => {
    const event = asObject(request.body);
    const problem = problemOf(event);
    if (problem !== undefined) throw new ProviderAnswer(400, errorBody(400, problem));
    state.events.add(randomUUID(), event);
    return reply.status(202).send({
      status: 'success',
      message: 'Event processed',
      dedup_key: event['dedup_key'] ?? randomUUID(),
    });
  });
}

/** PagerDuty's Events API v2: whoever has a routing key may page. */
export function pagerduty(state: PagerDutyState): ProviderDefinition {
  return {
    name: 'pagerduty',
    faultFields: [],
    errorBody,
    authenticate: () => undefined,
    routes: (app) => routes(app, state),
  };
}
