import {
  declarationOf,
  migrationName,
  namespaceName,
  namespaceOf,
} from '../render/kubernetes/object-names.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { dataServer } from './data-servers.ts';
import { podsNamed, type NetworkEdge } from './network-edge.ts';
import { poolerOf } from './pods-in-cluster.ts';

const componentsFile = 'topology/src/render/kubernetes/platform-components.ts';

/** What stands between processes and PostgreSQL, and what goes round it to change schemas. */
export function databaseEdges(target: RenderTarget): NetworkEdge[] {
  const { platform, environment } = target;
  const { peer, ports } = dataServer(target, 'postgres');
  const to = { to: peer, ports, file: componentsFile, key: 'pgbouncer' };
  const jobs = platform.services
    .filter(({ database }) => database !== null)
    .map((service) => ({
      ...to,
      from: podsNamed(namespaceOf(environment, service), migrationName(service.name)),
      file: declarationOf(platform, service.name),
      key: 'database',
      because: 'migrations take a direct connection',
    }));
  return [
    ...jobs,
    {
      ...to,
      from: podsNamed(namespaceName(environment, 'services'), 'provisioning'),
      because: 'roles and schemas are made over a direct connection',
    },
    { ...to, from: poolerOf(target), because: 'it pools the connections of every process' },
  ];
}
