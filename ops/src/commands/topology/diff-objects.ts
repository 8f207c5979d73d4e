import type { KubernetesObject } from '@maxai/topology/render/kubernetes/rendered-object';

/** One field that differs; undefined on the side where it is absent. */
export type FieldChange = {
  /** Lists of named things by name: `spec.template.spec.containers[iam].image`. */
  readonly label: string;
  /** Lists by index, as an origin names a field: `spec.template.spec.containers[0].image`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
};

type Named = { readonly name: string };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamedList(value: unknown): value is readonly Named[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isRecord(item) && typeof item['name'] === 'string')
  );
}

type At = { readonly label: string; readonly field: string };
/** What is inside a value on both sides, each under the key by which the sides are matched. */
type Pair = At & { readonly before: unknown; readonly after: unknown };

function inner(before: unknown, after: unknown, { label, field }: At): Pair[] | undefined {
  if (isRecord(before) && isRecord(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => {
      const name = key.includes('.') ? `[${key}]` : `${label === '' ? '' : '.'}${key}`;
      return {
        label: `${label}${name}`,
        field: `${field}${name}`,
        before: before[key],
        after: after[key],
      };
    });
  }
  if (isNamedList(before) && isNamedList(after)) {
    const names = [...new Set([...before, ...after].map(({ name }) => name))];
    return names.map((name) => {
      const index = after.findIndex((item) => item.name === name);
      return {
        label: `${label}[${name}]`,
        field: `${field}[${index}]`,
        before: before.find((item) => item.name === name),
        after: after[index],
      };
    });
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
      label: `${label}[${index}]`,
      field: `${field}[${index}]`,
      before: before[index] as unknown,
      after: after[index] as unknown,
    }));
  }
  return undefined;
}

function changes(pair: Pair): FieldChange[] {
  if (JSON.stringify(pair.before) === JSON.stringify(pair.after)) return [];
  return inner(pair.before, pair.after, pair)?.flatMap(changes) ?? [pair];
}

/** Every field that differs between two versions of one object, the innermost that says it. */
export function diffObjects(before: KubernetesObject, after: KubernetesObject): FieldChange[] {
  return changes({ label: '', field: '', before, after });
}

const secretName = /password|secret|token|private|credential|(^|[_-])key$/i;

/** Whether a field may hold a secret's value rather than its name. */
function isSecret({ kind }: KubernetesObject, { label }: FieldChange): boolean {
  const [, variable] = /\benv\[([^\]]+)\]\.value$/.exec(label) ?? [];
  return (
    (kind === 'Secret' && /^(data|stringData)\b/.test(label)) ||
    (variable !== undefined && secretName.test(variable))
  );
}

/** Nothing that may be a secret survives: not the old value and not the new one. */
export function withoutSecrets(object: KubernetesObject, found: readonly FieldChange[]) {
  return found.map((change) =>
    isSecret(object, change)
      ? {
          ...change,
          before: change.before === undefined ? undefined : '(hidden)',
          after: change.after === undefined ? undefined : '(hidden)',
        }
      : change,
  );
}
