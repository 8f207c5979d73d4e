import { platform } from './platform.ts';
import { environmentDiagram } from './render/diagram/environment-diagram.ts';
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

/** `docs/deployment.md`: the model as tables and one diagram per environment. */
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
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}\n`).join('\n');
  return `# Deployment\n\nRendered from the model in \`topology/\` by \`npm run generate\`; edit the model, not this file.\n\n${body}`;
}
