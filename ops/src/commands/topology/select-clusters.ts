import { platform } from '@maxai/topology/platform';
import { renderClusters, type RenderedCluster } from '@maxai/topology/rendered-files';
import { CommandError } from '../../supervisor/command-error.ts';

export type Selection = { readonly environment?: string; readonly cloud?: string };

const byShortName = new Map<string, string>(
  platform.environments.map(({ shortName, name }) => [shortName, name]),
);

function quoted(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

/** The folders of manifests asked for, `production/gke`; all of them when nothing is. */
export function selectedFolders({ environment, cloud }: Selection): string[] {
  const all = platform.environments.flatMap(({ name, targets }) =>
    targets.map(({ kind }) => ({ name, kind })),
  );
  const asked =
    environment === undefined ? undefined : (byShortName.get(environment) ?? environment);
  const ofEnvironment = all.filter(({ name }) => asked === undefined || name === asked);
  if (ofEnvironment.length === 0) {
    throw new CommandError(
      `There is no environment ${environment}.`,
      `name one of ${quoted(all.map(({ name }) => name))}`,
    );
  }
  const selected = ofEnvironment.filter(({ kind }) => cloud === undefined || kind === cloud);
  if (selected.length === 0) {
    throw new CommandError(
      `${asked ?? 'The platform'} does not run on ${cloud}.`,
      `name one of ${quoted(ofEnvironment.map(({ kind }) => kind))}`,
    );
  }
  return selected.map(({ name, kind }) => `${name}/${kind}`);
}

export type SelectedCluster = RenderedCluster & { readonly folder: string };

/** The clusters asked for with everything that is applied to them. */
export function selectClusters(selection: Selection): SelectedCluster[] {
  const folders = selectedFolders(selection);
  return renderClusters(platform)
    .map((cluster) => ({
      ...cluster,
      folder: `${cluster.target.environment.name}/${cluster.target.cluster.kind}`,
    }))
    .filter(({ folder }) => folders.includes(folder));
}
