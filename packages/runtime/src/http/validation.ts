import { AppError } from '@maxai/kernel/errors';
import { Compile, type Validator } from 'typebox/compile';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

type Part = 'body' | 'params' | 'querystring' | 'headers';
type Outcome = { value: unknown } | { error: AppError };

const namesOfParts: Readonly<Record<Part, string>> = {
  body: 'body',
  params: 'path',
  querystring: 'query',
  headers: 'headers',
};

type Step = (data: unknown) => unknown;

/** Fills in what the schema has defaults for, anywhere in it; most have none, and looking costs a request dear. */
function defaultsOf(schema: TSchema): Step {
  const has = JSON.stringify(schema).includes('"default":');
  return has ? (data) => Value.Default(schema, data) : (data) => data;
}

/** Turns text into what the schema's properties are; what is text anyway is left alone. */
function conversionOf(schema: TSchema): Step {
  const properties = Object.entries(
    (schema as { properties?: Record<string, TSchema> }).properties ?? {},
  );
  const others = properties.filter(
    ([, property]) => !('type' in property) || property.type !== 'string',
  );
  if (others.length === 0) return (data) => data;
  return (data) => {
    const value: Record<string, unknown> = { ...(data as Record<string, unknown>) };
    for (const [name, property] of others) {
      if (value[name] !== undefined) value[name] = Value.Convert(property, value[name]);
    }
    return value;
  };
}

/**
 * Checks one part of a request against its schema. Text parts (path, query) are converted to the schema's
 * types first; a body is taken as it is, so `"1"` is never a number. The first eight problems are listed with their
 * pointers. The check is compiled when it is first needed.
 */
export function createSchemaValidator(schema: TSchema, part: Part): (data: unknown) => Outcome {
  let made: Validator | undefined;
  const fill = defaultsOf(schema);
  const convert: Step = part === 'body' ? (data) => data : conversionOf(schema);
  return (data) => {
    const compiled = (made ??= Compile(schema));
    const value = convert(fill(data));
    if (compiled.Check(value)) return { value };
    const errors = compiled.Errors(value).map((error) => ({
      pointer: `${namesOfParts[part]}${error.instancePath}`,
      detail: describe(error.message, error.params),
    }));
    return { error: new AppError('invalid_request', { errors }) };
  };
}

function describe(message: string, params: object): string {
  const names = Object.values(params).filter(Array.isArray).flat().map(String);
  return names.length > 0 ? `${message}: ${names.join(', ')}` : message;
}
