import { stringify } from 'yaml';
import type { Platform } from './model/index.ts';
import { renderKubernetes } from './render/kubernetes/render-kubernetes.ts';
import { renderTargets, targetFolder } from './render/kubernetes/render-targets.ts';
import type { RenderedObject, RenderTarget } from './render/kubernetes/rendered-object.ts';

export type RenderedCluster = {
  readonly target: RenderTarget;
  readonly objects: readonly RenderedObject[];
};

/** A file of manifests; `path` is from the root of the repository. */
export type ManifestFile = { readonly path: string; readonly content: string };

export const renderedFolder = 'topology/rendered';

const heading = '# Rendered from the model in topology/ by npm run generate; do not edit.\n';

/** What is applied to each cluster of each environment. */
export function renderClusters(platform: Platform): RenderedCluster[] {
  return renderTargets(platform).map((target) => ({ target, objects: renderKubernetes(target) }));
}

export function manifest(object: RenderedObject['object']): string {
  return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The manifests of one cluster, one file for each name the renderers give, in the order of their paths. */
export function manifestFiles({ target, objects }: RenderedCluster): ManifestFile[] {
  const documents = new Map<string, string[]>();
  for (const { file, object } of objects) {
    documents.set(file, [...(documents.get(file) ?? []), manifest(object)]);
  }
  return [...documents]
    .map(([file, texts]) => ({
      path: `${renderedFolder}/${targetFolder(target)}/${file}.yaml`,
      content: `${heading}${texts.join('---\n')}`,
    }))
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
}
