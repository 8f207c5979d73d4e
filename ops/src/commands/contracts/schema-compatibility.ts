/** JSON Schema as the contracts write it; `true`-like schemas are empty objects. */
export type Schema = Readonly<Record<string, unknown>>;

/** Where a value that one side may send is refused, or missed, by the other. */
export type Misfit = { readonly path: string; readonly reason: string };

export type Comparison = {
  /** What the sender may send. */
  readonly sent: Schema;
  /** What the receiver expects. */
  readonly expected: Schema;
  /** Whether a field the receiver knows and the sender never sends is a loss, as in an answer. */
  readonly fieldsMustStay: boolean;
  readonly resolve: (side: 'sent' | 'expected', reference: string) => Schema;
  /** Pairs being compared already: a schema that contains itself ends here. */
  readonly open?: ReadonlySet<string>;
};

type Side = 'sent' | 'expected';

const asSchema = (value: unknown): Schema => (value ?? {}) as Schema;

function plain(comparison: Comparison, side: Side): Schema {
  const schema = comparison[side];
  const { $ref: reference } = schema;
  return typeof reference === 'string' ? comparison.resolve(side, reference) : schema;
}

function alternatives(schema: Schema): readonly Schema[] {
  const list = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(list) ? (list as Schema[]) : [schema];
}

function valuesOf(schema: Schema): readonly unknown[] | null {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : null;
}

function typesOf(schema: Schema): readonly string[] | null {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? (type as string[]) : null;
}

const lower = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'] as const;
const upper = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'] as const;
const exact = ['pattern', 'format', 'multipleOf', 'uniqueItems'] as const;

function brokenLimits(sent: Schema, expected: Schema): string[] {
  const number = (schema: Schema, key: string, absent: number) =>
    typeof schema[key] === 'number' ? schema[key] : absent;
  return [
    ...lower
      .filter((key) => number(expected, key, -Infinity) > number(sent, key, -Infinity))
      .map((key) => `it may be below ${key} ${String(expected[key])}`),
    ...upper
      .filter((key) => number(expected, key, Infinity) < number(sent, key, Infinity))
      .map((key) => `it may exceed ${key} ${String(expected[key])}`),
    ...exact
      .filter((key) => expected[key] !== undefined && expected[key] !== sent[key])
      .map((key) => `it may break ${key} ${String(expected[key])}`),
  ];
}

function typeMisfit(sent: Schema, expected: Schema): string | null {
  const accepted = typesOf(expected);
  if (accepted === null) return null;
  const fits = (type: string) =>
    accepted.includes(type) || (type === 'integer' && accepted.includes('number'));
  const given = typesOf(sent);
  if (given === null) return `any type where only ${accepted.join(' or ')} is expected`;
  const refused = given.filter((type) => !fits(type));
  if (refused.length === 0) return null;
  return `type ${refused.join(' or ')} where ${accepted.join(' or ')} is expected`;
}

function valueMisfit(sent: Schema, expected: Schema): string | null {
  const accepted = valuesOf(expected);
  if (accepted === null) return null;
  const given = valuesOf(sent);
  if (given === null) return `any value where only ${accepted.map(String).join(', ')} is expected`;
  const unknown = given.filter((value) => !accepted.includes(value));
  return unknown.length === 0 ? null : `value ${unknown.map(String).join(', ')} is not expected`;
}

/** What is sent, without the values that were added to an enumeration whose readers bear any: answers only. */
function comparable({ sent, expected, fieldsMustStay }: Comparison): readonly Schema[] {
  const variants = alternatives(sent);
  if (!fieldsMustStay || sent['x-extensible-enum'] !== true) return variants;
  const known = alternatives(expected).flatMap((schema) => valuesOf(schema) ?? []);
  const isNew = (value: unknown) => known.length > 0 && !known.includes(value);
  return variants.filter((variant) => valuesOf(variant)?.some(isNew) !== true);
}

/** The alternative of `expected` that comes nearest, so that the report is about one thing. */
function nearest(comparison: Comparison, path: string): Misfit[] {
  const tries = alternatives(comparison.expected).map((expected) =>
    misfits({ ...comparison, expected }, path),
  );
  return tries.reduce((best, found) => (found.length < best.length ? found : best));
}

function objectMisfits(comparison: Comparison, path: string): Misfit[] {
  const { sent, expected, fieldsMustStay } = comparison;
  const [sentFields, expectedFields] = [
    asSchema(sent['properties']),
    asSchema(expected['properties']),
  ];
  const always = new Set((sent['required'] ?? []) as string[]);
  const needed = (expected['required'] ?? []) as string[];
  const at = (name: string) => `${path}.${name}`;
  const missing = needed
    .filter((name) => !always.has(name))
    .map((name) => ({
      path: at(name),
      reason:
        name in sentFields ? 'may be missing where it is required' : 'is required and never sent',
    }));
  const lost = Object.keys(expectedFields)
    .filter((name) => fieldsMustStay && !(name in sentFields) && !needed.includes(name))
    .map((name) => ({ path: at(name), reason: 'is not sent any more' }));
  const refused = Object.keys(sentFields)
    .filter((name) => !(name in expectedFields) && expected['additionalProperties'] === false)
    .filter(() => !fieldsMustStay)
    .map((name) => ({ path: at(name), reason: 'is refused' }));
  const shared = Object.keys(sentFields)
    .filter((name) => name in expectedFields)
    .flatMap((name) => inner(comparison, sentFields[name], expectedFields[name], at(name)));
  return [...missing, ...lost, ...refused, ...shared];
}

function inner(comparison: Comparison, sent: unknown, expected: unknown, path: string): Misfit[] {
  return misfits({ ...comparison, sent: asSchema(sent), expected: asSchema(expected) }, path);
}

/** Schemas of members without a name of their own: rows of a list, values of a record. */
function memberMisfits(comparison: Comparison, path: string): Misfit[] {
  const { sent, expected } = comparison;
  const items =
    expected['items'] === undefined
      ? []
      : inner(comparison, sent['items'], expected['items'], `${path}[]`);
  const patterns = Object.entries(asSchema(expected['patternProperties'])).flatMap(
    ([pattern, value]) =>
      inner(comparison, asSchema(sent['patternProperties'])[pattern], value, `${path}.*`),
  );
  return [...items, ...patterns];
}

/** Every place where what is sent is not what is expected; empty when the receiver can live with the sender. */
export function misfits(comparison: Comparison, path = ''): Misfit[] {
  const names = [comparison.sent['$ref'], comparison.expected['$ref']];
  const pair = names.map(String).join(' ');
  const open = comparison.open ?? new Set<string>();
  if (names.some((name) => name !== undefined)) {
    if (open.has(pair)) return [];
    return misfits(
      {
        ...comparison,
        sent: plain(comparison, 'sent'),
        expected: plain(comparison, 'expected'),
        open: new Set([...open, pair]),
      },
      path,
    );
  }
  const { sent, expected } = comparison;
  const variants = comparable(comparison);
  if (alternatives(sent).length > 1) {
    return variants.flatMap((variant) => misfits({ ...comparison, sent: variant }, path));
  }
  if (alternatives(expected).length > 1) return nearest(comparison, path);
  const wrong = typeMisfit(sent, expected) ?? valueMisfit(sent, expected);
  if (wrong !== null) return [{ path, reason: wrong }];
  return [
    ...brokenLimits(sent, expected).map((reason) => ({ path, reason })),
    ...objectMisfits(comparison, path),
    ...memberMisfits(comparison, path),
  ];
}
