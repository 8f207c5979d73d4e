import { randomUUID } from 'node:crypto';
import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asList, asObject, type JsonObject } from '../json-body.ts';

export function createSlackState() {
  return { messages: new Collection<JsonObject>(1000) };
}
export type SlackState = ReturnType<typeof createSlackState>;

/** Slack's incoming webhooks: whoever knows the address may post to its channel. */
export function slack(state: SlackState): ProviderDefinition {
  return {
    name: 'slack',
    faultFields: [],
    errorBody: (_status, message) => message,
    authenticate: () => undefined,
    routes: (app) => {
      app.post('/services/*', async (request, reply) => {
        const message = asObject(request.body);
        const isEmpty =
          message['text'] === undefined && asList(message['attachments']).length === 0;
        if (isEmpty) throw new ProviderAnswer(400, 'no_text');
        state.messages.add(randomUUID(), message);
        return reply.type('text/plain').send('ok');
      });
    },
  };
}
