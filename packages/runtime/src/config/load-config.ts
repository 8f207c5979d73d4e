import { readFileSync } from 'node:fs';
import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** Every setting that is missing or wrong, at once; nothing starts on half a configuration. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** What every process reads, whichever service it is. */
export const processSettings = {
  port: Type.Integer({ minimum: 0, maximum: 65_535, description: 'Port to listen on' }),
  host: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  version: Type.String({ default: 'unreleased', description: 'Release that is running' }),
  logLevel: Type.Enum(['debug', 'info', 'warn', 'error'], { default: 'info' }),
  publicUrl: Type.String({
    pattern: '^https?://',
    description: 'Where people and providers reach the platform, without a trailing slash',
  }),
} satisfies TProperties;

/** `('IAM', 'databaseUrl')` → `IAM_DATABASE_URL`. */
export function environmentVariable(prefix: string, key: string): string {
  return `${prefix}_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** `X_FILE` names a file that holds the value of `X`: a mounted secret is in no environment. */
function readVariable(env: Variables, variable: string): string | undefined {
  const file = env[`${variable}_FILE`];
  return file ? readFileSync(file, 'utf8').trimEnd() : env[variable];
}

/**
 * Reads one service's settings: key `databaseUrl` under prefix `IAM` comes from `IAM_DATABASE_URL`, or from the
 * file that `IAM_DATABASE_URL_FILE` names; a file that cannot be read is an error of the file system.
 * Throws {@link ConfigError} naming every variable that is missing or wrong; values are never echoed.
 */
export function loadConfig<S extends TObject>(
  prefix: string,
  schema: S,
  env: Variables,
): Static<S> {
  const given: Record<string, string> = {};
  const properties: Record<string, TSchema> = schema.properties;
  const required: readonly string[] = schema.required ?? [];
  for (const key of Object.keys(properties)) {
    const value = readVariable(env, environmentVariable(prefix, key));
    if (value !== undefined && value !== '') given[key] = value;
  }
  const settings: unknown = Value.Convert(schema, Value.Default(schema, given));
  const problems = Object.entries(properties).flatMap(([key, property]) => {
    const variable = environmentVariable(prefix, key);
    const value = (settings as Record<string, unknown>)[key];
    if (value === undefined) {
      return required.includes(key) ? [`${variable} is not set${purpose(property)}`] : [];
    }
    const [error] = Value.Errors(property, value);
    return error === undefined ? [] : [`${variable} ${error.message}${purpose(property)}`];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return settings as Static<S>;
}

function purpose(property: object): string {
  return 'description' in property ? ` (${String(property.description)})` : '';
}
