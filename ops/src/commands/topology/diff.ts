import { objectPath } from '@maxai/topology/checks/rendered/rendered-fields';
import type {
  KubernetesObject,
  RenderedObject,
} from '@maxai/topology/render/kubernetes/rendered-object';
import { repositoryRoot } from '../../platform/environment.ts';
import { commitOf, committedObjects } from './committed-manifests.ts';
import { diffObjects, withoutSecrets, type FieldChange } from './diff-objects.ts';
import { originOf, placeOf } from './origin-of.ts';
import { selectClusters } from './select-clusters.ts';

type ChangedField = Omit<FieldChange, 'field'> & {
  /** `services/iam/deploy.ts:25`, where the new value is declared. */
  readonly declaredAt?: string;
};

export type ClusterDiff = {
  readonly cluster: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly {
    readonly object: string;
    readonly fields: readonly ChangedField[];
  }[];
};

function declaredAt(root: string, rendered: RenderedObject, field: string) {
  const origin = originOf(rendered, field);
  const place = origin && placeOf(root, rendered, origin);
  return place === undefined ? {} : { declaredAt: `${place.file}:${place.line}` };
}

/** What applying the new objects would change about the old ones. */
export function diffCluster(
  cluster: string,
  before: readonly KubernetesObject[],
  after: readonly RenderedObject[],
  root = repositoryRoot,
): ClusterDiff {
  const old = new Map(before.map((object) => [objectPath(object), object]));
  const paths = new Set(after.map(({ object }) => objectPath(object)));
  const added = [...paths].filter((path) => !old.has(path));
  const changed = after.flatMap((rendered) => {
    const { object } = rendered;
    const path = objectPath(object);
    const previous = old.get(path);
    if (previous === undefined) return [];
    const fields = withoutSecrets(object, diffObjects(previous, object)).map(
      ({ field, ...change }) => ({ ...change, ...declaredAt(root, rendered, field) }),
    );
    return fields.length === 0 ? [] : [{ object: path, fields }];
  });
  const removed = [...old.keys()].filter((path) => !paths.has(path));
  return { cluster, added, removed, changed };
}

function shown(value: unknown): string {
  if (value === undefined) return '(absent)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function formatDiff({ cluster, added, removed, changed }: ClusterDiff): string {
  if (added.length + removed.length + changed.length === 0) return `${cluster}: no difference`;
  return [
    `${cluster}: ${changed.length} changed, ${added.length} added, ${removed.length} removed`,
    ...added.map((path) => `  + ${path}`),
    ...removed.map((path) => `  - ${path}`),
    ...changed.flatMap(({ object, fields }) => [
      `  ~ ${object}`,
      ...fields.map(({ label, before, after, declaredAt: at }) => {
        const declared = at === undefined ? '' : `  (${at})`;
        return `      ${label}: ${shown(before)} → ${shown(after)}${declared}`;
      }),
    ]),
  ].join('\n');
}

export type DiffOptions = {
  readonly against: string;
  readonly cloud?: string;
  readonly json?: true;
};

/** What would change on an environment's clusters, compared with the manifests of a commit. */
export function diff(environment: string, options: DiffOptions, root = repositoryRoot): void {
  const { against, cloud } = options;
  const clusters = selectClusters({ environment, ...(cloud !== undefined && { cloud }) });
  const commit = commitOf(root, against);
  const diffs = clusters.map(({ folder, objects }) =>
    diffCluster(folder, committedObjects(root, commit, folder), withoutAbsent(objects), root),
  );
  if (options.json === true) {
    console.log(JSON.stringify({ against, commit, clusters: diffs }, undefined, 2));
    return;
  }
  console.log(`Compared with ${against} (${commit.slice(0, 9)})\n`);
  console.log(diffs.map(formatDiff).join('\n\n'));
}

/** As they are written: fields that are undefined are not. */
function withoutAbsent(objects: readonly RenderedObject[]): RenderedObject[] {
  return objects.map((rendered) => ({
    ...rendered,
    // What JSON keeps of an object of this type is of the same type.
    object: JSON.parse(JSON.stringify(rendered.object)) as KubernetesObject,
  }));
}
