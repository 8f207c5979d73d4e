import type { KubernetesObject } from '../render/kubernetes/rendered-object.ts';
import type { KubernetesSchemas, Schema } from './schema.ts';

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemsOfObject(
  schemas: KubernetesSchemas,
  { properties, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): string[] {
  const missing = required
    .filter((name) => value[name] === undefined)
    .map((name) => `${path}.${name} is required`);
  const inner = Object.entries(value).flatMap(([name, item]) => {
    const at = `${path}.${name}`;
    const schema = properties?.[name] ?? additionalProperties;
    // What is undefined is not written.
    if (item === undefined) return [];
    if (schema !== undefined) return problems(schemas, schema, item, at);
    return properties === undefined ? [] : [`${at} does not exist`];
  });
  return [...missing, ...inner];
}

function isScalarOf({ type, format }: Schema, value: unknown): boolean {
  if (format === 'int-or-string') return typeof value === 'string' || Number.isInteger(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

/** As the API server's strict field validation sees it: unknown fields are problems as well. */
function problems(
  schemas: KubernetesSchemas,
  schema: Schema,
  value: unknown,
  path: string,
): string[] {
  const { $ref, type } = schema;
  if ($ref === quantity && typeof value === 'number') return [];
  if ($ref !== undefined) return problems(schemas, schemas.definitions[$ref] ?? {}, value, path);
  if (type === 'array') {
    return Array.isArray(value)
      ? value.flatMap((item, index) =>
          problems(schemas, schema.items ?? {}, item, `${path}[${index}]`),
        )
      : [`${path} must be a list`];
  }
  if (type === 'object') {
    return isRecord(value)
      ? problemsOfObject(schemas, schema, value, path)
      : [`${path} must be an object`];
  }
  if (type === undefined || isScalarOf(schema, value)) return [];
  return [`${path} must be of type ${schema.format ?? type}`];
}

/** `apps/v1` → `apps`; of the core group nothing. */
function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(apiVersion.indexOf('/'), 0));
}

const builtInGroups = new WeakMap<KubernetesSchemas, ReadonlySet<string>>();

/** Whether the kind's group is one that the API server itself serves: a custom resource has its own schema. */
export function isBuiltIn(schemas: KubernetesSchemas, { apiVersion }: KubernetesObject): boolean {
  const groups =
    builtInGroups.get(schemas) ??
    new Set(
      Object.keys(schemas.kinds).map((kind) => groupOf(kind.slice(0, kind.lastIndexOf('/')))),
    );
  builtInGroups.set(schemas, groups);
  return groups.has(groupOf(apiVersion));
}

/** What this minor version's API server would refuse about an object of a built-in kind; empty when nothing. */
export function validateObject(schemas: KubernetesSchemas, object: KubernetesObject): string[] {
  const kind = `${object.apiVersion}/${object.kind}`;
  const definition = schemas.kinds[kind];
  return definition === undefined
    ? [`${kind} does not exist`]
    : problems(schemas, { $ref: definition }, object, object.kind);
}
