import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { misfits, type Schema } from './schema-compatibility.ts';

const definitions: Readonly<Record<string, Schema>> = {
  tree: {
    type: 'object',
    properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: 'tree' } } },
  },
  taller: {
    type: 'object',
    properties: {
      name: { type: 'integer' },
      children: { type: 'array', items: { $ref: 'taller' } },
    },
  },
};

function reasons(sent: unknown, expected: unknown, fieldsMustStay = false): string[] {
  return misfits({
    sent: JSON.parse(JSON.stringify(sent)) as Schema,
    expected: JSON.parse(JSON.stringify(expected)) as Schema,
    fieldsMustStay,
    resolve: (_side, reference) => definitions[reference] ?? {},
  }).map(({ path, reason }) => `${path}: ${reason}`);
}

const closed = { additionalProperties: false };

describe('a receiver lives with', () => {
  it.each([
    ['the same', Type.Object({ a: Type.String() }), Type.Object({ a: Type.String() })],
    ['anything', Type.String(), {}],
    ['an integer for a number', Type.Integer(), Type.Number()],
    ['a new optional field', Type.Object({}), Type.Object({ a: Type.Optional(Type.String()) })],
    ['a field it ignores', Type.Object({ a: Type.String() }), Type.Object({})],
    ['one of its values', Type.Literal('a'), Type.Union([Type.Literal('b'), Type.Literal('a')])],
    ['one of an enum', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['one of its types', { type: 'string' }, { type: ['string', 'null'] }],
    ['wider limits', Type.String({ maxLength: 5 }), Type.String({ maxLength: 9 })],
    ['a limit fewer', Type.String({ pattern: '^a' }), Type.String()],
    ['the same alternatives', { oneOf: [{ type: 'null' }] }, { oneOf: [{ type: 'null' }] }],
    ['the same tree', { $ref: 'tree' }, { $ref: 'tree' }],
    [
      'the same record',
      Type.Record(Type.String(), Type.Integer()),
      Type.Record(Type.String(), Type.Number()),
    ],
  ])('%s', (_name, sent, expected) => {
    expect(reasons(sent, expected)).toEqual([]);
  });
});

describe('a receiver does not live with', () => {
  it.each([
    ['another type', Type.String(), Type.Integer(), ': type string where integer is expected'],
    ['any type', {}, Type.Integer(), ': any type where only integer is expected'],
    ['a number for an integer', Type.Number(), Type.Integer(), ': type number where integer'],
    [
      'a value it does not know',
      Type.Union([Type.Literal('a'), Type.Literal('c')]),
      Type.Union([Type.Literal('a'), Type.Literal('b')]),
      ': value c is not expected',
    ],
    ['any value', Type.String(), { enum: ['a'] }, ': any value where only a is expected'],
    ['null', Type.Union([Type.String(), Type.Null()]), Type.String(), ': type null where string'],
    [
      'a new required field',
      Type.Object({}),
      Type.Object({ a: Type.String() }),
      '.a: is required and never sent',
    ],
    [
      'a field that became required',
      Type.Object({ a: Type.Optional(Type.String()) }),
      Type.Object({ a: Type.String() }),
      '.a: may be missing where it is required',
    ],
    [
      'a field it refuses',
      Type.Object({ a: Type.String() }),
      Type.Object({}, closed),
      '.a: is refused',
    ],
    [
      'a tighter limit in a list',
      Type.Array(Type.Object({ a: Type.String({ maxLength: 9 }) })),
      Type.Array(Type.Object({ a: Type.String({ maxLength: 5, minLength: 1 }) })),
      '[].a: it may be below minLength 1',
    ],
    [
      'a longer list',
      Type.Array({}),
      Type.Array({}, { maxItems: 2 }),
      ': it may exceed maxItems 2',
    ],
    [
      'another pattern',
      Type.String({ pattern: '^a' }),
      Type.String({ pattern: '^b' }),
      ': it may break pattern ^b',
    ],
    [
      'another record',
      Type.Record(Type.String(), Type.String()),
      Type.Record(Type.String(), Type.Integer()),
      '.*: type string where integer is expected',
    ],
    ['another tree', { $ref: 'tree' }, { $ref: 'taller' }, '.name: type string where integer'],
  ])('%s', (_name, sent, expected, found) => {
    expect(reasons(sent, expected)[0]).toContain(found);
  });
});

it('an answer loses a field that is no longer in it, and may gain others', () => {
  const before = Type.Object({ a: Type.String(), b: Type.Optional(Type.String()) }, closed);
  const after = Type.Object({ a: Type.String(), c: Type.String() });
  expect(reasons(after, before, true)).toEqual(['.b: is not sent any more']);
  expect(reasons(Type.Object({ c: Type.String() }), before, true)).toEqual([
    '.a: is required and never sent',
    '.b: is not sent any more',
  ]);
});

describe('an enumeration that is marked as open', () => {
  const letters = (...values: readonly string[]) =>
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { 'x-extensible-enum': true },
    );

  it('may grow in an answer, whose readers bear what they do not know', () => {
    expect(reasons(letters('a', 'b', 'c'), letters('a', 'b'), true)).toEqual([]);
  });

  it('still says where an answer becomes something else', () => {
    const expected = Type.Union([Type.Literal('a'), Type.Literal('b')]);
    expect(reasons(Type.String(), expected, true)).toHaveLength(1);
    expect(reasons(letters('a', 'b'), Type.Integer(), true)).toHaveLength(2);
  });

  it('refuses in a request what it does not know', () => {
    expect(reasons(letters('a', 'b', 'c'), letters('a', 'b'))).toEqual([
      ': value c is not expected',
    ]);
  });
});
