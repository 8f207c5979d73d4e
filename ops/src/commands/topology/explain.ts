import { objectPath } from '@maxai/topology/checks/rendered/rendered-fields';
import type { Origin, RenderedObject } from '@maxai/topology/render/kubernetes/rendered-object';
import { repositoryRoot } from '../../platform/environment.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { findObject } from './find-object.ts';
import { placeOf } from './origin-of.ts';
import { selectClusters, type Selection } from './select-clusters.ts';

export type ExplainedField = {
  /** Empty for the object as a whole. */
  readonly field: string;
  readonly value: unknown;
  /** `services/iam/deploy.ts:25` */
  readonly declaredAt: string;
  readonly key: string;
  /** As it is written there; empty where it is more than one value. */
  readonly declared: string;
  readonly because?: string;
};

export type Explanation = {
  readonly object: string;
  readonly cluster: string;
  readonly manifest: string;
  readonly fields: readonly ExplainedField[];
};

/** `spec.ports[0].port` of an object; a key with dots stands in brackets. */
function valueAt(object: unknown, field: string): unknown {
  const path = field.split(/\.(?![^[]*\])|[[\]]/).filter((part) => part !== '');
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    object,
  );
}

function explainField(root: string, rendered: RenderedObject, origin: Origin): ExplainedField {
  const { field, file, key, because } = origin;
  const place = placeOf(root, rendered, origin);
  if (place === undefined) {
    throw new CommandError(
      `${objectPath(rendered.object)} says it comes from ${file}, which does not exist.`,
      'name the file that declares it in the renderer of its kind',
    );
  }
  return {
    field,
    value: field === '' ? undefined : valueAt(rendered.object, field),
    declaredAt: `${place.file}:${place.line}`,
    key,
    declared: place.text,
    ...(because !== undefined && { because }),
  };
}

export function explainObject(
  cluster: string,
  rendered: RenderedObject,
  root = repositoryRoot,
): Explanation {
  return {
    object: objectPath(rendered.object),
    cluster,
    manifest: `topology/rendered/${cluster}/${rendered.file}.yaml`,
    fields: rendered.origins.map((origin) => explainField(root, rendered, origin)),
  };
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function formatExplanation({ object, cluster, manifest, fields }: Explanation): string {
  const kind = object.split('/').at(-2);
  return [
    `${object} in ${cluster}`,
    `  is written to ${manifest}`,
    ...fields.map(({ field, value, declaredAt, key, declared, because }) =>
      [
        '',
        `  ${field === '' ? 'the object itself' : `${field} = ${shown(value)}`}`,
        `    from ${declaredAt}  ${key}${declared === '' ? '' : `: ${declared}`}`,
        ...(because === undefined ? [] : [`    because ${because}`]),
      ].join('\n'),
    ),
    '',
    `  All other fields are the same for every ${kind}: topology/src/render/kubernetes/`,
  ].join('\n');
}

export type ExplainOptions = Selection & { readonly json?: true };

/** Why an object looks as it does: each field that a declaration decides, with the line of the model. */
export function explain(words: readonly string[], options: ExplainOptions): void {
  const clusters = selectClusters(options).map(({ folder, objects }) =>
    objects.map((rendered) => ({ folder, rendered })),
  );
  const found = findObject(words, clusters);
  const explanation = explainObject(found.folder, found.rendered);
  console.log(
    options.json === true
      ? JSON.stringify(explanation, undefined, 2)
      : formatExplanation(explanation),
  );
}
