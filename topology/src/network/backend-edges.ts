import { dataCidrOf } from '../data-networks.ts';
import type { Backend } from '../model/index.ts';
import { declarationOf } from '../render/kubernetes/object-names.ts';
import { pgbouncer } from '../render/kubernetes/platform-components.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { collector, prometheus } from './cluster-systems.ts';
import { dataServer } from './data-servers.ts';
import { privateWorkflows, reachesSandbox } from './external-hosts.ts';
import { tcp, type NetworkEdge } from './network-edge.ts';
import { podsOf, poolerOf } from './pods-in-cluster.ts';

/** Whom a process calls, keeps data in and is heard by: all of it from its own declaration. */
export function backendEdges(target: RenderTarget, backend: Backend): NetworkEdge[] {
  const { platform, environment } = target;
  const from = podsOf(target, backend);
  const file = declarationOf(platform, backend.name);
  const edge = (key: string, because: string, to: Pick<NetworkEdge, 'to' | 'ports'>) => ({
    from,
    file,
    key,
    because,
    ...to,
  });
  const store = (name: 'redis-cache' | 'redis-queue') => {
    const { peer, ports } = dataServer(target, name);
    return { to: peer, ports };
  };
  const callees = platform.services.filter(({ name }) =>
    (backend.calls as readonly string[]).includes(name),
  );
  const owner = platform.services.find(
    ({ name }) => name === (backend.kind === 'worker' ? backend.service : backend.name),
  );
  const edges: NetworkEdge[] = callees.map((callee) =>
    edge('calls', `${backend.name} calls ${callee.name}`, {
      to: podsOf(target, callee),
      ports: tcp(callee.port),
    }),
  );
  if (owner?.database) {
    const to = { to: poolerOf(target), ports: tcp(pgbouncer.port) };
    edges.push(edge('database', `its schema is ${owner.database.schema}`, to));
  }
  if (backend.usesCache) edges.push(edge('usesCache', 'it uses the cache', store('redis-cache')));
  if (backend.kind === 'worker' || backend.usesQueue) {
    const key = backend.kind === 'worker' ? 'consumes' : 'usesQueue';
    edges.push(edge(key, 'it reads or writes queues', store('redis-queue')));
  }
  const workflows = privateWorkflows(environment, backend);
  if (workflows !== undefined) {
    const cidrs = [dataCidrOf(target.cluster, 'n8n')];
    const to = { to: { kind: 'addresses', name: 'n8n', cidrs }, ports: tcp(443) } as const;
    edges.push(edge(workflows.key, `it starts workflows at ${workflows.host}`, to));
  }
  if (reachesSandbox(environment, backend)) {
    const to = { to: podsOf(target, platform.sandbox), ports: tcp(platform.sandbox.port) };
    edges.push(edge('providers', 'the sandbox stands for what it reaches outside', to));
  }
  edges.push(
    edge('name', 'every process sends its traces', {
      to: collector.pods,
      ports: tcp(collector.port),
    }),
    {
      from: prometheus,
      to: from,
      ports: tcp(backend.port),
      file,
      key: 'port',
      because: 'every process is scraped where it listens',
    },
  );
  return edges;
}
