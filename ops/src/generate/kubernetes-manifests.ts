import { platform } from '@maxai/topology/platform';
import { manifestFiles, renderClusters, renderedFolder } from '@maxai/topology/rendered-files';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedFile, Generator } from './generated-file.ts';

/** Manifests that nothing renders any more: they would be applied for ever. */
export function leftoverManifests(root: string, rendered: readonly string[]): GeneratedFile[] {
  const folder = join(root, renderedFolder);
  const present = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : [];
  return present
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${renderedFolder}/${name}`)
    .filter((path) => !rendered.includes(path))
    .toSorted()
    .map((path) => ({ path, content: null }));
}

/** What is applied to each cluster, as it is reviewed; manifests that are no longer rendered go. */
export const kubernetesManifests: Generator = (root) => {
  const files = renderClusters(platform).flatMap(manifestFiles);
  const folders = new Set(files.map(({ path }) => path.split('/').slice(0, 4).join('/')));
  const leftover = leftoverManifests(
    root,
    files.map(({ path }) => path),
  );
  // Beside the clusters' folders stand what other generators render.
  return [
    ...files,
    ...leftover.filter(({ path }) => folders.has(path.split('/').slice(0, 4).join('/'))),
  ];
};
