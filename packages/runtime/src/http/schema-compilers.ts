import type { FastifyServerOptions } from 'fastify';
import { createRequire } from 'node:module';
import type { TSchema } from 'typebox';
import { createSchemaValidator } from './validation.ts';

type Controller = NonNullable<FastifyServerOptions['schemaController']>;
type Factories = Required<NonNullable<Controller['compilersFactory']>>;
type SerializerFactory = Factories['buildSerializer'];

/** The framework's own serializer and the validator library behind it, a tenth of what a process loads to start. */
function loadSerializerFactory(): SerializerFactory {
  const fromFramework = createRequire(createRequire(import.meta.url).resolve('fastify'));
  // The module the framework itself takes by default; what it exports is a function that gives the factory.
  const select = fromFramework('@fastify/fast-json-stringify-compiler') as () => SerializerFactory;
  return select();
}

const buildSerializer: SerializerFactory = (externalSchemas, options) => (route) => {
  let serialize: ((document: unknown) => string) | undefined;
  return (document: unknown) => {
    serialize ??= loadSerializerFactory()(externalSchemas, options)(route);
    return serialize(document);
  };
};

// The framework types its validators as Ajv's; it calls them with one part of a request and reads `value` or `error`.
const buildValidator = (() =>
  ({ schema, httpPart }: { schema: TSchema; httpPart: string }) =>
    createSchemaValidator(schema, httpPart as 'body')) as unknown as Factories['buildValidator'];

/**
 * How an app checks requests and writes answers: by TypeBox, and by the framework's serializer, which leaves out
 * what a schema does not name. Both are made for a route when it is first used, not when the process starts.
 */
export const compilersFactory: Factories = { buildValidator, buildSerializer };
