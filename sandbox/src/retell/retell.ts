import type { FastifyInstance } from 'fastify';
import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject, asText, merge, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';

type Params = { Params: { id: string }; Querystring: { version?: string } };

/** `llms` and `agents` hold every version, oldest first; `publications` one entry per published version. */
export function createRetellState() {
  return {
    calls: new Collection<JsonObject>(),
    llms: new Collection<JsonObject[]>(),
    agents: new Collection<JsonObject[]>(),
    publications: new Collection<JsonObject>(),
  };
}
export type RetellState = ReturnType<typeof createRetellState>;

function errorBody(_status: number, message: string): JsonObject {
  return { status: 'error', message };
}

function missing(): ProviderAnswer {
  return new ProviderAnswer(
    422,
    errorBody(422, 'Cannot find requested asset under given api key.'),
  );
}

/** The version asked for, or the newest; 422 as Retell answers for what does not exist. */
function pick(versions: JsonObject[] | undefined, version: unknown): JsonObject {
  const found = versions?.findLast(
    (candidate) => version === undefined || candidate['version'] === Number(version),
  );
  if (found === undefined) throw missing();
  return found;
}

function requireText(body: JsonObject, field: string): void {
  if (body[field] === undefined) {
    throw new ProviderAnswer(400, errorBody(400, `"${field}" is required`));
  }
}

function callMatches(call: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(([field, wanted]) => {
    const bounds = asObject(wanted);
    const value = Number(call[field]);
    if (Array.isArray(wanted)) return wanted.includes(call[field]);
    return (
      value >= Number(bounds['lower_threshold'] ?? value) &&
      value <= Number(bounds['upper_threshold'] ?? value)
    );
  });
}

function withoutTranscript(call: JsonObject): JsonObject {
  const { transcript: _text, transcript_object: _object, ...rest } = call;
  return rest;
}

export function retell(world: World, state: RetellState): ProviderDefinition {
  const touch = (item: JsonObject, patch: JsonObject): JsonObject => {
    if (item['is_published'] === true) {
      throw new ProviderAnswer(422, errorBody(422, 'Cannot update a published version.'));
    }
    return Object.assign(item, merge(item, patch), {
      last_modification_timestamp: world.clock.now().getTime(),
    });
  };
  const draft = (fields: JsonObject): JsonObject =>
    touch({ is_published: false, version: 0 }, fields);
  const addVersion = (versions: JsonObject[], base: JsonObject): JsonObject => {
    const next = draft({
      ...base,
      is_published: false,
      version: versions.length,
      base_version: base['version'],
    });
    versions.push(next);
    return next;
  };
  const engineOf = (agent: JsonObject): JsonObject => asObject(agent['response_engine']);

  const llmRoutes = (app: FastifyInstance) => {
    app.post('/create-retell-llm', async (request, reply) => {
      const id = providerId('llm_', 'hex', 28);
      const llm = draft({
        model: 'gpt-4.1',
        model_temperature: 0,
        ...asObject(request.body),
        llm_id: id,
      });
      state.llms.add(id, [llm]);
      return reply.status(201).send(llm);
    });
    app.get<Params>('/get-retell-llm/:id', async (request) =>
      pick(state.llms.get(request.params.id), request.query.version),
    );
    app.patch<Params>('/update-retell-llm/:id', async (request) =>
      touch(pick(state.llms.get(request.params.id), request.query.version), asObject(request.body)),
    );
  };

  const agentRoutes = (app: FastifyInstance) => {
    app.post('/create-agent', async (request, reply) => {
      const body = asObject(request.body);
      requireText(body, 'response_engine');
      requireText(body, 'voice_id');
      const id = providerId('agent_', 'hex', 26);
      const agent = draft({ language: 'en-US', ...body, agent_id: id });
      state.agents.add(id, [agent]);
      return reply.status(201).send(agent);
    });
    app.get<Params>('/get-agent/:id', async (request) =>
      pick(state.agents.get(request.params.id), request.query.version),
    );
    app.get<Params>('/get-agent-versions/:id', async (request) => {
      pick(state.agents.get(request.params.id), undefined);
      return state.agents.get(request.params.id);
    });
    app.patch<Params>('/update-agent/:id', async (request) =>
      touch(
        pick(state.agents.get(request.params.id), request.query.version),
        asObject(request.body),
      ),
    );
    app.post<Params>('/create-agent-version/:id', async (request, reply) => {
      const versions = state.agents.get(request.params.id) ?? [];
      const base = pick(versions, asObject(request.body)['base_version'] ?? 'missing');
      const next = addVersion(versions, base);
      const engine = engineOf(base);
      const llms = state.llms.get(String(engine['llm_id']));
      if (llms) {
        const llm = addVersion(llms, pick(llms, engine['version']));
        touch(next, { response_engine: { version: llm['version'] } });
      }
      return reply.status(201).send(next);
    });
    app.post<Params>('/publish-agent-version/:id', async (request, reply) => {
      const body = asObject(request.body);
      requireText(body, 'version');
      const agent = pick(state.agents.get(request.params.id), body['version']);
      const engine = engineOf(agent);
      touch(agent, { ...body, is_published: true });
      const llms = state.llms.get(String(engine['llm_id']));
      if (llms) pick(llms, engine['version'])['is_published'] = true;
      state.publications.add(providerId('', 'hex', 16), { agent_id: request.params.id, ...body });
      return reply.status(200).send();
    });
  };

  const callRoutes = (app: FastifyInstance) => {
    app.get<Params>('/v2/get-call/:id', async (request) => {
      const call = state.calls.get(request.params.id);
      if (call === undefined) throw missing();
      return call;
    });
    app.post('/v3/list-calls', async (request) => {
      const body = asObject(request.body);
      const order = body['sort_order'] === 'ascending' ? 1 : -1;
      const calls = state.calls
        .values()
        .filter((call) => callMatches(call, asObject(body['filter_criteria'])))
        .toSorted((a, b) => order * (Number(a['start_timestamp']) - Number(b['start_timestamp'])));
      const after = asText(body['pagination_key']);
      const start = calls.findIndex((call) => call['call_id'] === after) + 1;
      const items = calls.slice(start, start + Number(body['limit'] ?? 50));
      const hasMore = start + items.length < calls.length;
      return {
        items: items.map(withoutTranscript),
        has_more: hasMore,
        ...(hasMore ? { pagination_key: items.at(-1)?.['call_id'] } : {}),
        ...(body['include_total'] === true ? { total: calls.length } : {}),
      };
    });
    app.get('/get-concurrency', async () => ({
      current_concurrency: state.calls.values().filter((call) => call['call_status'] === 'ongoing')
        .length,
      concurrency_limit: 20,
    }));
  };

  return {
    name: 'retell',
    faultFields: ['agent_name', 'version_title', 'model', 'begin_message'],
    errorBody,
    authenticate: (request) => {
      if (request.headers.authorization !== `Bearer ${world.accounts.retell.apiKey}`) {
        throw new ProviderAnswer(401, errorBody(401, 'API key is missing or invalid.'));
      }
    },
    routes: (app) => {
      llmRoutes(app);
      agentRoutes(app);
      callRoutes(app);
    },
  };
}
