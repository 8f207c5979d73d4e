import { Type } from 'typebox';
import { operation } from '../operation.ts';
import {
  Id,
  JsonObject,
  Nullable,
  NullableId,
  Page,
  PageQuery,
  Text,
  Timestamp,
} from '../schemas.ts';

export const PromptVersion = Type.Object({
  id: Id('promptVersion'),
  number: Type.Integer({ minimum: 1 }),
  template: Text(100_000),
  variablesSchema: JsonObject,
  createdAt: Timestamp,
});
export const Prompt = Type.Object({
  id: Id('prompt'),
  clientId: NullableId('client'),
  name: Text(200),
  latest: PromptVersion,
  /** Version number the `production` label points at. */
  productionVersion: Nullable(Type.Integer()),
  createdAt: Timestamp,
});
export const Publication = Type.Object({
  id: Id('publication'),
  promptId: Id('prompt'),
  version: Type.Integer(),
  target: Type.Literal('retell'),
  externalId: Type.String(),
  /** SHA-256 (hex) of exactly what was sent; drift is a different hash at the provider. */
  contentHash: Type.String(),
  publishedAt: Timestamp,
});

const prompts = { service: 'prompt-svc', tag: 'Prompts' } as const;
const byId = Type.Object({ promptId: Id('prompt') });

export const listPrompts = operation({
  ...prompts,
  id: 'listPrompts',
  method: 'GET',
  path: '/api/prompts',
  audience: 'prompt:read',
  status: 200,
  summary: 'Prompts, newest first',
  query: Type.Object({ ...PageQuery, clientId: Type.Optional(Id('client')) }),
  result: Page(Prompt),
});
export const createPrompt = operation({
  ...prompts,
  id: 'createPrompt',
  method: 'POST',
  path: '/api/prompts',
  audience: 'prompt:write',
  status: 201,
  summary: 'Create a prompt with its first version',
  body: Type.Object(
    {
      name: Text(200),
      template: Text(100_000),
      clientId: Type.Optional(NullableId('client')),
      /** JSON Schema of the template’s variables; default: every `{{name}}` is a required string. */
      variablesSchema: Type.Optional(JsonObject),
    },
    { additionalProperties: false },
  ),
  result: Prompt,
});
export const getPrompt = operation({
  ...prompts,
  id: 'getPrompt',
  method: 'GET',
  path: '/api/prompts/{promptId}',
  audience: 'prompt:read',
  status: 200,
  summary: 'One prompt with every version',
  params: byId,
  result: Type.Object({
    ...Prompt.properties,
    versions: Type.Array(PromptVersion),
    publications: Type.Array(Publication),
  }),
});
export const addPromptVersion = operation({
  ...prompts,
  id: 'addPromptVersion',
  method: 'POST',
  path: '/api/prompts/{promptId}/versions',
  audience: 'prompt:write',
  status: 201,
  summary: 'Add an immutable version',
  params: byId,
  body: Type.Object(
    { template: Text(100_000), variablesSchema: Type.Optional(JsonObject) },
    { additionalProperties: false },
  ),
  result: PromptVersion,
});
export const renderPrompt = operation({
  ...prompts,
  id: 'renderPrompt',
  method: 'POST',
  path: '/api/prompts/{promptId}/render',
  audience: 'prompt:read',
  status: 200,
  summary: 'The text with the variables filled in; 400 names every missing or wrong one',
  params: byId,
  body: Type.Object(
    { version: Type.Optional(Type.Integer({ minimum: 1 })), variables: JsonObject },
    { additionalProperties: false },
  ),
  result: Type.Object({ version: Type.Integer(), text: Type.String() }),
});
export const publishPrompt = operation({
  ...prompts,
  id: 'publishPrompt',
  method: 'POST',
  path: '/api/prompts/{promptId}/publish',
  audience: 'prompt:publish',
  status: 200,
  summary:
    'Make a version live at the voice provider and move the `production` label; completes or changes nothing',
  params: byId,
  body: Type.Object(
    {
      version: Type.Optional(Type.Integer({ minimum: 1 })),
      connectionId: Id('connection'),
      variables: JsonObject,
      /** Retell `llm_id` to update; a new one is created when absent. */
      externalId: Type.Optional(Type.String({ maxLength: 200 })),
    },
    { additionalProperties: false },
  ),
  result: Publication,
});
