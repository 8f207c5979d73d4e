import fc, { type Arbitrary } from 'fast-check';

/** The part of JSON Schema the contracts are written in. */
type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
};

function textOf(schema: Schema): Arbitrary<string> {
  const { minLength = 0, maxLength = 60 } = schema;
  if (schema.format === 'date-time') {
    const [min, max] = [new Date('2000-01-01T00:00:00Z'), new Date('2100-01-01T00:00:00Z')];
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (schema.format === 'email') {
    return fc.stringMatching(/^[a-z]{1,10}$/).map((name) => `${name}@example.com`);
  }
  if (schema.pattern !== undefined) {
    // The generator knows no lookahead: "not a slash" becomes a letter.
    const pattern = schema.pattern.replace('(?!/)', '[a-z]');
    return fc
      .stringMatching(new RegExp(pattern))
      .filter((text) => text.length >= minLength && text.length <= (schema.maxLength ?? 1_000));
  }
  return fc
    .string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 20) })
    .filter((text) => text.length <= maxLength);
}

/** Values that match the schema. */
export function samplesOf(schema: object): Arbitrary<unknown> {
  const declared = schema as Schema;
  if ('const' in declared) return fc.constant(declared.const);
  if (declared.enum) return fc.constantFrom(...declared.enum);
  if (declared.anyOf) return fc.oneof(...declared.anyOf.map(samplesOf));
  if (declared.patternProperties) {
    const [value = {}] = Object.values(declared.patternProperties);
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), samplesOf(value), { maxKeys: 3 });
  }
  switch (declared.type) {
    case 'string':
      return textOf(declared);
    case 'integer':
    case 'number':
      return fc.integer({
        min: declared.minimum ?? -1_000_000,
        max: declared.maximum ?? 1_000_000,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(samplesOf(declared.items ?? {}), {
        minLength: declared.minItems ?? 0,
        maxLength: Math.min(declared.maxItems ?? 3, (declared.minItems ?? 0) + 3),
      });
    case 'object': {
      const fields = Object.entries(declared.properties ?? {}).map(
        ([name, field]) => [name, samplesOf(field)] as const,
      );
      return fc.record(Object.fromEntries(fields), {
        requiredKeys: [...(declared.required ?? [])],
        noNullPrototype: true,
      });
    }
    case undefined:
    default:
      return fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  }
}
