import type { FastifyInstance, FastifyReply } from 'fastify';
import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asList, asObject, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { composeReply, countTokens, promptText } from './compose-reply.ts';
import { describeModel, findModel, models, type Model } from './models.ts';

export function createOpenRouterState() {
  return { completions: new Collection<JsonObject>() };
}
export type OpenRouterState = ReturnType<typeof createOpenRouterState>;

function errorBody(status: number, message: string): JsonObject {
  const types: Record<number, string> = {
    429: 'rate_limit_exceeded',
    500: 'server',
  };
  const type = types[status];
  return {
    error: { code: status, message, ...(type ? { metadata: { error_type: type } } : {}) },
  };
}

function refuse(status: number, message: string): ProviderAnswer {
  return new ProviderAnswer(status, errorBody(status, message));
}

type Completion = {
  readonly id: string;
  readonly created: number;
  readonly model: Model;
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: number;
};

function complete(body: JsonObject, model: Model, nowMs: number): Completion {
  const seconds = Math.floor(nowMs / 1000);
  const whole = composeReply(body);
  const maxTokens = Number(body['max_tokens'] ?? body['max_completion_tokens'] ?? Infinity);
  const isCut = countTokens(whole) > maxTokens;
  const text = isCut ? whole.slice(0, maxTokens * 4) : whole;
  const promptTokens = countTokens(promptText(body['messages']));
  const completionTokens = countTokens(text);
  const cost = promptTokens * Number(model.prompt) + completionTokens * Number(model.completion);
  return {
    id: `gen-${seconds}-${providerId('', 'alphanumeric', 20)}`,
    created: seconds,
    model,
    text,
    finishReason: isCut ? 'length' : 'stop',
    promptTokens,
    completionTokens,
    cost: Number(cost.toFixed(12)),
  };
}

function usageOf(completion: Completion): JsonObject {
  const { model, promptTokens, completionTokens } = completion;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost: completion.cost,
    is_byok: false,
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: promptTokens * Number(model.prompt),
      upstream_inference_completions_cost: completionTokens * Number(model.completion),
    },
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function envelope(completion: Completion, object: string): JsonObject {
  return {
    id: completion.id,
    provider: 'Sandbox',
    model: completion.model.id,
    object,
    created: completion.created,
  };
}

/** Server-sent events as OpenRouter streams them: a comment, deltas, the usage, `[DONE]`. */
function streamOf(completion: Completion): string {
  const chunk = (fields: JsonObject) =>
    `data: ${JSON.stringify({ ...envelope(completion, 'chat.completion.chunk'), ...fields })}\n\n`;
  const words = completion.text.split(/(?<= )/);
  const deltas = words.map((content) =>
    chunk({
      choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
    }),
  );
  const last = chunk({
    choices: [{ index: 0, delta: { content: '' }, finish_reason: completion.finishReason }],
  });
  const usage = chunk({ choices: [], usage: usageOf(completion) });
  return [': OPENROUTER PROCESSING\n\n', ...deltas, last, usage, 'data: [DONE]\n\n'].join('');
}

function failedGeneration(completion: Completion): JsonObject {
  return {
    ...envelope(completion, 'chat.completion'),
    ...errorBody(502, 'Provider returned error'),
    choices: [{ index: 0, finish_reason: 'error', message: { role: 'assistant', content: '' } }],
  };
}

function answer(body: JsonObject, completion: Completion, reply: FastifyReply) {
  reply.header('x-generation-id', completion.id);
  if (String(body['model']).endsWith(':generation-error')) {
    return reply.send(failedGeneration(completion));
  }
  if (body['stream'] === true) return reply.type('text/event-stream').send(streamOf(completion));
  return reply.send({
    ...envelope(completion, 'chat.completion'),
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: completion.finishReason,
        native_finish_reason: completion.finishReason,
        message: { role: 'assistant', content: completion.text, refusal: null, reasoning: null },
      },
    ],
    usage: usageOf(completion),
  });
}

function generationOf(completion: Completion): JsonObject {
  return {
    id: completion.id,
    model: completion.model.id,
    total_cost: completion.cost,
    usage: completion.cost,
    tokens_prompt: completion.promptTokens,
    tokens_completion: completion.completionTokens,
    native_tokens_prompt: completion.promptTokens,
    native_tokens_completion: completion.completionTokens,
    provider_name: 'Sandbox',
    finish_reason: completion.finishReason,
    created_at: new Date(completion.created * 1000).toISOString(),
    cancelled: false,
    is_byok: false,
    upstream_inference_cost: 0,
  };
}

function routes(app: FastifyInstance, world: World, state: OpenRouterState): void {
  app.post('/api/v1/chat/completions', async (request, reply) => {
    const body = asObject(request.body);
    if (asList(body['messages']).length === 0) {
      throw refuse(400, 'Input required: specify "prompt" or "messages"');
    }
    const model = findModel(String(body['model']));
    if (model === undefined) throw refuse(400, `${String(body['model'])} is not a valid model ID`);
    const completion = complete(body, model, world.clock.now().getTime());
    state.completions.add(completion.id, generationOf(completion));
    return answer(body, completion, reply);
  });
  app.get<{ Querystring: { id?: string } }>('/api/v1/generation', async (request) => {
    const id = request.query.id ?? '';
    const generation = state.completions.get(id);
    if (generation === undefined) throw refuse(404, `Generation ${id} not found`);
    return { data: generation };
  });
  app.get('/api/v1/models', async () => ({ data: models.map(describeModel) }));
  app.get('/api/v1/key', async () => {
    const usage = state.completions
      .values()
      .reduce((sum, generation) => sum + Number(generation['total_cost']), 0);
    return {
      data: { label: 'sandbox', limit: null, limit_remaining: null, usage, is_free_tier: false },
    };
  });
}

export function openrouter(world: World, state: OpenRouterState): ProviderDefinition {
  return {
    name: 'openrouter',
    faultFields: ['model', 'user', 'metadata'],
    errorBody,
    authenticate: (request) => {
      const { authorization } = request.headers;
      if (authorization === undefined) throw refuse(401, 'No auth credentials found');
      if (authorization !== `Bearer ${world.accounts.openrouter.apiKey}`) {
        throw refuse(401, 'User not found.');
      }
    },
    routes: (app) => routes(app, world, state),
  };
}
