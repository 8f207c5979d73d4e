import { AppError } from '@maxai/kernel/errors';
import { Compile } from 'typebox/compile';

export type VariablesSchema = Readonly<Record<string, unknown>>;

const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** The names a template uses, each once, in order of appearance. */
export function variablesOf(template: string): string[] {
  return [...new Set([...template.matchAll(placeholder)].map(([, name = '']) => name))];
}

/** Every variable of the template a required string: what a template means when it brings no schema. */
export function defaultSchema(template: string): VariablesSchema {
  const names = variablesOf(template);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', minLength: 1 }])),
    required: names,
    additionalProperties: false,
  };
}

/** Throws `invalid_request` unless the schema describes an object with every variable of the template. */
export function checkSchema(template: string, schema: VariablesSchema): void {
  const properties = schema['properties'];
  if (schema['type'] !== 'object' || typeof properties !== 'object' || properties === null) {
    throw new AppError('invalid_request', {
      detail: 'variablesSchema is a JSON Schema with "type": "object" and "properties"',
    });
  }
  const undeclared = variablesOf(template).filter((name) => !Object.hasOwn(properties, name));
  if (undeclared.length > 0) {
    throw new AppError('invalid_request', {
      detail: `variablesSchema lacks ${undeclared.join(', ')}`,
    });
  }
}

/** The template with its variables filled in. Throws `invalid_request` naming every missing or wrong one. */
export function renderTemplate(
  template: string,
  schema: VariablesSchema,
  variables: Readonly<Record<string, unknown>>,
): string {
  const compiled = Compile(schema);
  if (!compiled.Check(variables)) {
    throw new AppError('invalid_request', {
      errors: compiled.Errors(variables).map((error) => ({
        pointer: `body/variables${error.instancePath}`,
        detail:
          `${error.message} ${Object.values(error.params).flat().map(String).join(', ')}`.trim(),
      })),
    });
  }
  return template.replaceAll(placeholder, (_match, name: string) => String(variables[name]));
}
