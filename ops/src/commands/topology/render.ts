import { renderedFolder } from '@maxai/topology/rendered-files';
import { regenerate } from '../../generate/generated-file.ts';
import { manifestGenerators } from '../../generate/manifest-generators.ts';
import { repositoryRoot } from '../../platform/environment.ts';
import { selectedFolders, type Selection } from './select-clusters.ts';

export type RenderOptions = Selection & { readonly check?: true };

/** Brings the manifests asked for up to date, or with `check` only says which are not. Returns the exit code. */
export async function render(options: RenderOptions, root = repositoryRoot): Promise<number> {
  const isAsked = isUnder(selectedFolders(options), options);
  const selected = manifestGenerators.map(
    (generate) => async (of: string) => (await generate(of)).filter(({ path }) => isAsked(path)),
  );
  const check = options.check === true;
  const stale = await regenerate(root, selected, !check);
  for (const path of stale) console.log(`${check ? 'stale' : 'written'}: ${path}`);
  if (stale.length === 0) console.log('Everything rendered is up to date.');
  if (!check || stale.length === 0) return 0;
  console.error('Run npx maxai topology render and commit the result.');
  return 1;
}

/** Without a cloud also what is rendered beside the clusters' folders. */
function isUnder(folders: readonly string[], { environment, cloud }: Selection) {
  const wanted = cloud === undefined ? folders.map((folder) => folder.split('/')[0]) : folders;
  const prefixes =
    environment === undefined && cloud === undefined
      ? [`${renderedFolder}/`]
      : wanted.map((folder) => `${renderedFolder}/${folder}/`);
  return (path: string) => prefixes.some((prefix) => path.startsWith(prefix));
}
