import { FlowDocument } from './flows/flow-document.ts';
import type { Operation } from './operation.ts';
import { Problem } from './schemas.ts';

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

/** What the gateway takes on every write that makes something. */
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
      description: `Makes the request safe to send again: ${repeat}. After a 504 it may have taken effect, and a repeat gets 409.`,
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

/** How callers prove who they are: OpenAPI's security schemes by name. */
export type SecuritySchemes = Readonly<Record<string, Json>>;

/** From outside, through the gateway. */
export const publicSecurity: SecuritySchemes = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `mxk_…`' },
  session: { type: 'apiKey', in: 'cookie', name: 'maxai_session' },
};

/** Between services, and from the gateway to them. */
export const serviceSecurity: SecuritySchemes = {
  identity: {
    type: 'apiKey',
    in: 'header',
    name: 'x-maxai-identity',
    description: 'A JWT of the caller, signed with its own key (EdDSA, 60 s)',
  },
};

export type OpenApiSource = {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly serverUrl?: string;
  readonly operations: readonly Operation[];
  /** Any one of them is enough. */
  readonly securitySchemes: SecuritySchemes;
  /** Whether writes take an `Idempotency-Key`, as the gateway's do. */
  readonly repeatable: boolean;
};

function describe(operation: Operation, source: OpenApiSource): Json {
  const open = operation.audience === 'anyone';
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    'x-audience': operation.audience,
    ...(operation.deprecated === true && { deprecated: true }),
    security: open ? [] : Object.keys(source.securitySchemes).map((name) => ({ [name]: [] })),
    parameters: [
      ...parametersIn('path', operation.params),
      ...parametersIn('query', operation.query),
      ...(source.repeatable ? idempotencyKeyOf(operation) : []),
    ],
    ...bodyOf(operation),
    responses: responsesOf(operation),
  };
}

/** Operations as one OpenAPI 3.1 document of plain JSON values. */
export function openApiDocument(source: OpenApiSource): Json {
  const paths: Record<string, Json> = {};
  for (const operation of source.operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operation, source),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: source.title, version: source.version, description: source.description },
    ...(source.serverUrl !== undefined && { servers: [{ url: source.serverUrl }] }),
    // A JSON document of plain values before and after.
    paths: JSON.parse(
      JSON.stringify(paths, (_key, value: unknown) => references.get(value) ?? value),
    ) as Json,
    components: { schemas: shared, securitySchemes: source.securitySchemes },
  };
}
