import type { Operation } from '@maxai/contracts/operation';
import { operation } from '@maxai/contracts/operation';
import { openApiDocument, serviceSecurity } from '@maxai/contracts/openapi-document';
import { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { Type, type TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { compareDocuments, compareReleases } from './compare-documents.ts';
import { resolveIn, type OpenApi } from './openapi.ts';

const closed = { additionalProperties: false };
const base = {
  service: 'iam',
  tag: 'Items',
  id: 'createItem',
  method: 'POST',
  path: '/api/items/{itemId}',
  audience: 'client:read',
  status: 200,
  summary: 'Make an item',
} as const;
const schemas = {
  params: Type.Object({ itemId: Type.String() }),
  query: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 100 })) }),
  body: Type.Object({ name: Type.String(), flow: Type.Optional(FlowDocument) }, closed),
  result: Type.Object({
    id: Type.String(),
    state: Type.Union([Type.Literal('new'), Type.Literal('old')]),
    note: Type.Optional(Type.String()),
  }),
};

type Changes = Partial<Omit<Operation, keyof typeof schemas>> &
  Partial<Record<keyof typeof schemas, TSchema>>;

function documentOf(...operations: readonly Operation[]): OpenApi {
  const document = openApiDocument({
    title: 'iam',
    description: '',
    version: '1',
    operations,
    securitySchemes: serviceSecurity,
    repeatable: false,
  });
  // What is committed is JSON.
  return JSON.parse(JSON.stringify(document)) as OpenApi;
}

function changed(changes: Changes): Operation {
  return operation({ ...base, ...schemas, ...changes });
}

function breaks(changes: Changes, was: Changes = {}): string[] {
  const pair = { released: documentOf(changed(was)), now: documentOf(changed(changes)) };
  return compareDocuments('iam', pair).map(({ path, reason, fix }) => {
    expect(fix.length).toBeGreaterThan(8);
    return `${path}: ${reason}`;
  });
}

const place = 'POST /api/items/{itemId}';

describe('a change no caller notices', () => {
  it.each<[string, Changes]>([
    ['nothing', {}],
    [
      'an optional query parameter',
      { query: Type.Object({ ...schemas.query.properties, after: Type.Optional(Type.String()) }) },
    ],
    [
      'a wider limit',
      { query: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 200 })) }) },
    ],
    [
      'an optional field in the request',
      {
        body: Type.Object(
          { ...schemas.body.properties, colour: Type.Optional(Type.String()) },
          closed,
        ),
      },
    ],
    [
      'a field in the answer',
      { result: Type.Object({ ...schemas.result.properties, colour: Type.String() }) },
    ],
    [
      'a value fewer in the answer',
      { result: Type.Object({ ...schemas.result.properties, state: Type.Literal('new') }) },
    ],
    ['an audience that lets more in', { audience: 'authenticated' }],
    ['an open door', { audience: 'anyone' }],
    ['a new summary', { summary: 'Make or replace an item' }],
  ])('%s', (_name, changes) => {
    expect(breaks(changes)).toEqual([]);
  });
});

describe('a change that breaks callers is named with its place, reason and fix [R71]', () => {
  it.each<[string, Changes, string]>([
    ['another method', { method: 'PUT' }, `${place}: The operation is gone`],
    ['another path', { path: '/api/things/{itemId}' }, `${place}: The operation is gone`],
    ['another id', { id: 'makeItem' }, `${place}: Clients call it createItem`],
    [
      'another status',
      { status: 201 },
      `${place} 200: It answered 200 and now answers 201, default`,
    ],
    [
      'another permission',
      { audience: 'client:write' },
      `${place} access: It was for client:read and is for client:write`,
    ],
    [
      'services only',
      { audience: 'service' },
      `${place} access: It was for client:read and is for service`,
    ],
    [
      'a parameter less',
      { query: Type.Object({}) },
      `${place} query limit: An old caller sends it`,
    ],
    [
      'a required parameter',
      { query: Type.Object({ limit: Type.Integer() }) },
      `${place} query limit: An old caller does not send it`,
    ],
    [
      'a new required parameter',
      { query: Type.Object({ ...schemas.query.properties, at: Type.String() }) },
      `${place} query at: An old caller does not send it`,
    ],
    [
      'a narrower parameter',
      { query: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 50 })) }) },
      `${place} query limit: An old caller's request does not fit: it may exceed maximum 50`,
    ],
    [
      'a new required field',
      { body: Type.Object({ ...schemas.body.properties, colour: Type.String() }, closed) },
      `${place} body .colour: An old caller's request does not fit: is required and never sent`,
    ],
    [
      'a renamed field',
      { body: Type.Object({ title: Type.String() }, closed) },
      `${place} body .title:`,
    ],
    [
      'a field refused',
      { body: Type.Object({ name: Type.String() }, closed) },
      `${place} body .flow: An old caller's request does not fit: is refused`,
    ],
    ['no body any more', { body: Type.Object({}) }, `${place} body: An old caller sends a body`],
    [
      'a field gone from the answer',
      { result: Type.Object({ id: Type.String(), note: Type.Optional(Type.String()) }) },
      `${place} 200 answer .state: An old caller does not get what it expects`,
    ],
    [
      'an optional field gone from the answer',
      { result: Type.Object({ id: Type.String(), state: Type.Literal('new') }) },
      `${place} 200 answer .note:`,
    ],
    [
      'a value added to the answer',
      {
        result: Type.Object({
          ...schemas.result.properties,
          state: Type.String({ enum: ['new', 'old', 'lost'] }),
        }),
      },
      `${place} 200 answer .state:`,
    ],
    ['no answer any more', { result: Type.Object({}) }, `${place} 200 answer .id:`],
  ])('%s', (_name, changes, found) => {
    expect(breaks(changes).join('\n')).toContain(found);
  });

  it('a body where none was sent', () => {
    expect(breaks({}, { body: Type.Object({}) })[0]).toContain('An old caller sends no body');
  });

  it('a way to prove who one is that is gone', () => {
    const released = documentOf(changed({}));
    const text = JSON.stringify(released).replaceAll('"identity":[]', '"other":[]');
    const now = JSON.parse(text) as OpenApi;
    expect(compareDocuments('iam', { released, now }).map(({ reason }) => reason)).toEqual([
      'Callers that prove themselves by identity are refused',
    ]);
  });

  it('a service that is gone', () => {
    expect(compareReleases({ iam: documentOf(changed({})) }, {})).toMatchObject([
      { service: 'iam', operation: 'createItem', path: place },
    ]);
  });
});

it('an operation that was announced as deprecated may go', () => {
  const pair = { released: documentOf(changed({ deprecated: true })), now: documentOf() };
  expect(compareDocuments('iam', pair)).toEqual([]);
});

it('names a reference that leads nowhere', () => {
  expect(() => resolveIn(documentOf(), '#/components/schemas/Nothing')).toThrow('Nothing');
});
