import type { KubernetesSchemas, Schema } from './schema.ts';

type GroupVersionKind = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
};
type Definition = Schema & {
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
};
/** `api/openapi-spec/swagger.json` of a Kubernetes release. */
export type OpenApi = {
  readonly definitions: Readonly<Record<string, Definition>>;
};

const prefix = '#/definitions/';

/** The API groups, at the version in force, whose kinds the platform may apply. */
const groups = new Set([
  'v1',
  'apps/v1',
  'autoscaling/v2',
  'batch/v1',
  'policy/v1',
  'networking.k8s.io/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
]);

function trimSchema(schema: Schema): Schema {
  const { $ref, type, format, properties, required, items, additionalProperties } = schema;
  return {
    ...($ref !== undefined && { $ref: $ref.replace(prefix, '') }),
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, trimSchema(property)]),
      ),
    }),
    ...(required !== undefined && { required }),
    ...(items !== undefined && { items: trimSchema(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: trimSchema(additionalProperties),
    }),
  };
}

function references(schema: Schema): string[] {
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
  ];
  return [...(schema.$ref === undefined ? [] : [schema.$ref]), ...inner.flatMap(references)];
}

/** Of a release's whole API only what manifests are made of: no lists, no words, no operations. */
export function trimOpenApi(minor: string, { definitions }: OpenApi): KubernetesSchemas {
  const kinds: Record<string, string> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const declared = definition['x-kubernetes-group-version-kind'] ?? [];
    for (const { group, version, kind } of declared) {
      const apiVersion = group === '' ? version : `${group}/${version}`;
      if (declared.length === 1 && groups.has(apiVersion) && !kind.endsWith('List')) {
        kinds[`${apiVersion}/${kind}`] = name;
      }
    }
  }
  const reached = new Map<string, Schema>();
  const follow = (name: string) => {
    const definition = definitions[name];
    if (reached.has(name) || definition === undefined) return;
    const schema = trimSchema(definition);
    reached.set(name, schema);
    references(schema).forEach(follow);
  };
  Object.values(kinds).forEach(follow);
  const byName = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);
  return {
    minor,
    kinds: Object.fromEntries(Object.entries(kinds).toSorted(byName)),
    definitions: Object.fromEntries([...reached].toSorted(byName)),
  };
}
