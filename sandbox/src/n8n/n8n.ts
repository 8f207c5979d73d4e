import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject, type JsonObject } from '../json-body.ts';
import { signStandardWebhook } from '../signing/standard.ts';
import type { World } from '../world.ts';
import { workflowNamed } from './workflows.ts';

/** What a workflow posted to its callback, and what came back; `null` while there is no answer. */
export type PostedResult = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
  status: number | null;
};

export function createN8nState() {
  return {
    /** Runs by their ids, as they were started. */
    runs: new Collection<JsonObject>(1000),
    results: new Collection<PostedResult>(1000),
  };
}
export type N8nState = ReturnType<typeof createN8nState>;

type Start = { Params: { path: string }; Body: string };

function errorBody(code: number, message: string): JsonObject {
  return { code, message };
}

/** The check a published workflow makes before anything else. */
function isSigned(world: World, request: FastifyRequest<Start>): boolean {
  const { headers, body: rawBody } = request;
  const nowMs = Number(headers['webhook-timestamp']) * 1000;
  const key = world.accounts.n8n.signingKey;
  const expected = signStandardWebhook({ id: String(headers['webhook-id']), rawBody, key, nowMs });
  const isFresh = Math.abs(world.clock.now().getTime() - nowMs) < 300_000;
  return isFresh && headers['webhook-signature'] === expected['webhook-signature'];
}

/** Posts the result as the workflow's last step does; whether anybody took it shows in the state. */
async function postResult(
  world: World,
  state: N8nState,
  run: JsonObject,
  result: JsonObject,
): Promise<void> {
  const id = String(run['runId']);
  const { url, key } = asObject(run['callback']);
  const rawBody = JSON.stringify({ runId: id, ...result });
  const nowMs = world.clock.now().getTime();
  const headers = {
    'content-type': 'application/json',
    ...signStandardWebhook({ id, rawBody, key: String(key), nowMs }),
  };
  const posted: PostedResult = { url: String(url), headers, rawBody, status: null };
  state.results.add(id, posted);
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(posted.url, { method: 'POST', headers, body: rawBody, signal }).catch(
    () => ({ status: 0 }),
  );
  posted.status = answer.status;
}

function routes(app: FastifyInstance, world: World, state: N8nState): void {
  // A signature is over the bytes, which the sandbox's own parser does not keep.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => text,
  );
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.post<Start>('/webhook/:path', async (request) => {
    const { path } = request.params;
    const workflow = workflowNamed(path);
    if (workflow === undefined) {
      throw new ProviderAnswer(404, {
        ...errorBody(404, `The requested webhook "POST ${path}" is not registered.`),
        hint: 'The workflow must be active for a production URL to run successfully.',
      });
    }
    if (!isSigned(world, request)) {
      throw new ProviderAnswer(401, errorBody(401, 'The signature does not fit'));
    }
    const run = asObject(JSON.parse(request.body));
    state.runs.add(String(run['runId']), run);
    const result = workflow(asObject(run['input']));
    if (result !== undefined) void postResult(world, state, run, result);
    return { message: 'Workflow was started' };
  });
}

/** n8n with a few published workflows, each checking that it was the platform that started it. */
export function n8n(world: World, state: N8nState): ProviderDefinition {
  return {
    name: 'n8n',
    faultFields: [],
    errorBody,
    // n8n leaves it to the workflow.
    authenticate: () => undefined,
    routes: (app) => routes(app, world, state),
  };
}
