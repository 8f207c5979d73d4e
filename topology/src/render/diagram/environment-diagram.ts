import type { Environment, Platform } from '../../model/index.ts';

/** A Mermaid identifier: what a name is without its dashes. */
function node(name: string): string {
  return name.replaceAll('-', '_');
}

/** One environment as a Mermaid graph: the way in, the processes by namespace, the data and every edge. */
export function environmentDiagram(platform: Platform, environment: Environment): string {
  const { services, workers, webApps, routes, queues, namespaces } = platform;
  const { shortName, loadBalancer, postgres, redis, n8n, name, frontends } = environment;
  const backends = [...services, ...workers];
  const local = name === 'development';
  const standBy = frontends.primary === 'serverless' ? '<br/>stands by' : '';
  const elsewhere = standBy === '' ? [] : webApps;
  const lines = [
    '```mermaid',
    'graph LR',
    `  internet[Internet] -->|${local ? 'HTTP, loopback' : 'HTTPS'}| edge[${loadBalancer.kind}]`,
  ];
  for (const namespace of Object.keys(namespaces)) {
    const members =
      namespace === 'frontend'
        ? webApps
        : backends.filter((backend) => backend.namespace === namespace);
    lines.push(`  subgraph ${shortName}-${namespace}`);
    const note = namespace === 'frontend' ? standBy : '';
    for (const member of members) lines.push(`    ${node(member.name)}[${member.name}${note}]`);
    lines.push('  end');
  }
  for (const app of elsewhere) {
    lines.push(`  ${node(app.name)}_serverless[${app.name}<br/>${frontends.serverless}]`);
  }
  lines.push(
    `  postgres[(PostgreSQL<br/>${postgres.tier})]`,
    `  cache[(Redis cache<br/>${redis.cache.maxmemoryPolicy})]`,
    `  queue[(Redis queue<br/>${redis.queue.maxmemoryPolicy})]`,
    `  n8n[n8n<br/>${n8n.host}]`,
    `  providers[${local ? 'sandbox' : 'Providers'}]`,
    '  n8n --> postgres',
  );
  for (const { path, to } of routes) {
    const place = elsewhere.some((app) => app.name === to) ? '_serverless' : '';
    lines.push(`  edge -->|"${path}"| ${node(to)}${place}`);
  }
  for (const backend of backends) {
    const from = node(backend.name);
    for (const callee of backend.calls) lines.push(`  ${from} --> ${node(callee)}`);
    if (backend.providers.length > 0) lines.push(`  ${from} --> providers`);
    if (backend.usesCache) lines.push(`  ${from} --> cache`);
    for (const queue of backend.produces) lines.push(`  ${from} -.->|${queue}| ${queues[queue]}`);
    if (backend.kind === 'worker') {
      for (const queue of backend.consumes) lines.push(`  ${queues[queue]} -.->|${queue}| ${from}`);
    }
    if (backend.kind === 'worker' || backend.database !== null)
      lines.push(`  ${from} --> postgres`);
  }
  lines.push('```');
  return lines.join('\n');
}
