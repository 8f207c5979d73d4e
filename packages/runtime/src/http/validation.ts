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

/**
 * Checks one part of a request against its schema. Text parts (path, query) are converted to the schema's
 * types first; a body is taken as it is, so `"1"` is never a number. The first eight problems are listed with their
 * pointers. The check is compiled when it is first needed.
 */
export function createSchemaValidator(schema: TSchema, part: Part): (data: unknown) => Outcome {
  let made: Validator | undefined;
  return (data) => {
    const compiled = (made ??= Compile(schema));
    const withDefaults: unknown = Value.Default(schema, data);
    const value: unknown = part === 'body' ? withDefaults : Value.Convert(schema, withDefaults);
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
