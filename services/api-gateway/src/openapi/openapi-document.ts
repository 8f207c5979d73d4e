import { FlowDocument } from '@maxai/contracts/flows/flow-document';
import type { Operation } from '@maxai/contracts/operation';
import { publicOperations } from '@maxai/contracts/operations';
import { Problem } from '@maxai/contracts/schemas';

type Json = Record<string, unknown>;
type ObjectSchema = { properties?: Record<string, Json>; required?: readonly string[] };

/** Names in the path and query of an operation, as OpenAPI parameters. */
function parametersIn(place: 'path' | 'query', schema: object): Json[] {
  const { properties = {}, required = [] } = schema as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

/** What `runOnce` takes on every write that makes something. */
function idempotencyKeyOf(operation: Operation): Json[] {
  if (operation.method !== 'POST') return [];
  const repeat = operation.secretResult
    ? 'its answer holds a secret and is not kept, so a repeat gets 409'
    : 'a repeat within 24 h gets the first answer';
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: `Makes the request safe to send again: ${repeat}.`,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ];
}

function bodyOf(operation: Operation): Json {
  const { properties = {} } = operation.body as ObjectSchema;
  if (Object.keys(properties).length === 0) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: operation.body } } },
  };
}

/** Schemas with a name of their own: said once, referred to wherever they occur. */
const shared = { Problem, FlowDocument };
const references = new Map<unknown, Json>(
  Object.entries(shared).map(([name, schema]) => [
    schema,
    { $ref: `#/components/schemas/${name}` },
  ]),
);

const problem = {
  description: 'RFC 9457 problem',
  content: { 'application/problem+json': { schema: Problem } },
};
const successes: Readonly<Record<Operation['status'], string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
  204: 'Done, nothing to say',
  302: 'Go there',
};

function responsesOf(operation: Operation): Json {
  const silent = operation.status === 204 || operation.status === 302;
  return {
    [operation.status]: {
      description: successes[operation.status],
      ...(!silent && { content: { 'application/json': { schema: operation.result } } }),
    },
    default: problem,
  };
}

function describe(operation: Operation): Json {
  const open = operation.audience === 'anyone';
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    'x-audience': operation.audience,
    security: open ? [] : [{ apiKey: [] }, { session: [] }],
    parameters: [
      ...parametersIn('path', operation.params),
      ...parametersIn('query', operation.query),
      ...idempotencyKeyOf(operation),
    ],
    ...bodyOf(operation),
    responses: responsesOf(operation),
  };
}

/** The public API as one OpenAPI 3.1 document, from the contracts the gateway serves. */
export function openApiDocument(about: { version: string; serverUrl: string }): Json {
  const paths: Record<string, Json> = {};
  for (const operation of publicOperations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'MaxAI Platform API',
      version: about.version,
      description: 'AI employees for the clients of agencies.',
    },
    servers: [{ url: about.serverUrl }],
    // A JSON document of plain values before and after.
    paths: JSON.parse(
      JSON.stringify(paths, (_key, value: unknown) => references.get(value) ?? value),
    ) as Json,
    components: {
      schemas: shared,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `mxk_…`' },
        session: { type: 'apiKey', in: 'cookie', name: 'maxai_session' },
      },
    },
  };
}
