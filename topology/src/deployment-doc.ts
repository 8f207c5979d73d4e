import { clusterDns, collector, meshControl, prometheus } from './network/cluster-systems.ts';
import { declaredNetworkEdges } from './network/declared-network-edges.ts';
import { peerName } from './network/network-edge.ts';
import { platform } from './platform.ts';
import { clusterDiagram } from './render/diagram/cluster-diagram.ts';
import { environmentDiagram } from './render/diagram/environment-diagram.ts';
import { renderTargets, targetFolder } from './render/kubernetes/render-targets.ts';
import {
  databaseTable,
  deployablesTable,
  edgesTable,
  furtherScalingTable,
  placementTable,
  serviceScalingTable,
} from './render/tables/deployables.ts';
import { environmentsTable, namespacesTable } from './render/tables/environments.ts';
import {
  cacheTable,
  nodePoolsTable,
  providersTable,
  routesTable,
  secretsTable,
} from './render/tables/shared.ts';

/** The first cluster of each environment: on its other cloud it looks alike. */
function clusterSections(): (readonly [string, string])[] {
  const everybody = [clusterDns, meshControl.pods, prometheus, collector.pods].map(peerName);
  const targets = renderTargets(platform);
  return platform.environments.flatMap(({ name }) => {
    const target = targets.find(({ environment }) => environment.name === name);
    if (target === undefined) return [];
    const diagram = clusterDiagram(platform, declaredNetworkEdges(target), everybody);
    return [[`Cluster: ${targetFolder(target)}`, diagram]];
  });
}

/** `docs/deployment.md`: the model as tables and two diagrams of each environment. */
export function renderDeploymentDoc(): string {
  const sections: readonly (readonly [string, string])[] = [
    ['Environments', environmentsTable(platform)],
    ['Deployables', deployablesTable(platform)],
    ['Who reaches what', edgesTable(platform)],
    ['Routes', routesTable(platform)],
    ['Scaling of the services', serviceScalingTable(platform)],
    ['Scaling of workers and web apps', furtherScalingTable(platform)],
    ['Placement, resources, objectives', placementTable(platform)],
    ['Namespaces', namespacesTable(platform)],
    ['Node pools', nodePoolsTable(platform)],
    ['Database schemas', databaseTable(platform)],
    ['Cache', cacheTable(platform)],
    ['Providers', providersTable(platform)],
    ['Secrets', secretsTable(platform)],
    ...platform.environments.map(
      (environment) =>
        [`Diagram: ${environment.name}`, environmentDiagram(platform, environment)] as const,
    ),
    ...clusterSections(),
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n');
  return `# Deployment\n\nRendered from the model in \`topology/\` by \`npm run generate\`; edit the model, not this file.\n\n${body}`;
}
