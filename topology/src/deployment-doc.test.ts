import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderDeploymentDoc } from './deployment-doc.ts';
import { clusterDns } from './network/cluster-systems.ts';
import { declaredNetworkEdges } from './network/declared-network-edges.ts';
import { peerName } from './network/network-edge.ts';
import { platform } from './platform.ts';
import { clusterDiagram } from './render/diagram/cluster-diagram.ts';
import { renderTargets } from './render/kubernetes/render-targets.ts';
import { markdownTable } from './render/tables/markdown-table.ts';
import { environmentDiagram } from './render/diagram/environment-diagram.ts';

const document = renderDeploymentDoc();

describe('docs/deployment.md', () => {
  it('is what the model renders', () => {
    const path = join(import.meta.dirname, '../../docs/deployment.md');
    expect(readFileSync(path, 'utf8')).toBe(document);
  });

  it.each([
    '| api-gateway | CPU | 2 | 10 | 70% |',
    '| webhook-ingress | CPU | 2 | 10 | 70% |',
    '| iam | CPU | 2 | 5 | 70% |',
    '| prompt-svc | CPU | 1 | 5 | 70% |',
    '| orchestrator | CPU | 2 | 10 | 70% |',
    '| billing-usage | CPU | 1 | 3 | 70% |',
    '| payments | CPU | 1 | 3 | 70% |',
  ])('carries the scaling row %s of the deployment architecture', (row) => {
    expect(document).toContain(row);
  });

  it.each([
    'GKE or EKS, multi-zone, 3–20 nodes | GKE or EKS, single-zone, 2–10 nodes | Minikube or Kind, local, 1 node',
    'db-n1-standard-4, 4 vCPU, 15 GB',
    'db-n1-standard-2, 2 vCPU, 7.5 GB',
    '500 GB SSD, auto-resize',
    'daily kept 30 days, weekly kept 365 days, point in time 7 days',
    'PgBouncer, transaction mode, 100–200 connections',
    'Standard, 5120 MB, replicated across zones, noeviction',
    'Basic, 1024 MB, allkeys-lru',
    'dedicated VM, 2 vCPU, 8 GB, VPN only, HTTPS',
    'RTO 4 h, RPO 1 h',
    '| api-pool | API gateway, public-facing services | 2–4 | 8–16 GB |',
    '| jobs-pool | Background jobs, batch processing | 1–2 | 4–8 GB |',
    '`prod-services` | `staging-services` | `dev-services`',
    '| Sessions | 86400 s |',
    '| Feature flags | 300 s |',
    '| Rate limits | 60 s |',
    '| `/webhooks/*` | webhook-ingress |',
  ])('states %s', (fact) => {
    expect(document).toContain(fact);
  });
});

describe('a diagram', () => {
  it('draws every declared edge and no other between processes', () => {
    const [production] = platform.environments;
    const drawn = environmentDiagram(platform, production!)
      .split('\n')
      .flatMap((line) => /^ {2}(\w+) --> (\w+)$/.exec(line)?.slice(1, 3).join(' ') ?? [])
      .filter((pair) => !/(postgres|cache|providers)$/.test(pair));
    const declared = [...platform.services, ...platform.workers].flatMap(({ name, calls }) =>
      calls.map((callee) => `${name} ${callee}`.replaceAll('-', '_')),
    );
    expect(drawn).toEqual(declared);
  });
});

describe('a diagram of a cluster', () => {
  const target = renderTargets(platform)[0]!;
  const edges = declaredNetworkEdges(target);

  it('draws every connection that may be opened, but for the names that everybody resolves', () => {
    const drawn = clusterDiagram(platform, edges, [peerName(clusterDns)]);
    const pairs = edges
      .filter(({ to }) => to !== clusterDns)
      .map(({ from, to }) => `${peerName(from)} to ${peerName(to)}`);
    const arrows = drawn.split('\n').filter((line) => line.includes('-->'));
    expect(arrows.length).toBeGreaterThanOrEqual(new Set(pairs).size);
    expect(drawn).toContain('prod_services_iam["iam<br/>services-pool, 2–5 pods"]');
    expect(drawn).toContain('prod_api_api_gateway -->|"4103"| prod_services_iam');
    expect(drawn).not.toContain(clusterDns.name);
  });

  it('uses identifiers that Mermaid reads, each declared once', () => {
    const lines = clusterDiagram(platform, edges, []).split('\n');
    const declared = lines.flatMap((line) => /^ {2,4}(\w+)[[(]/.exec(line)?.[1] ?? []);
    const used = lines.flatMap(
      (line) => /^ {2}(\w+) -->\|"[\d, ]+"\| (\w+)$/.exec(line)?.slice(1) ?? [],
    );
    expect(new Set(declared).size).toBe(declared.length);
    expect([...new Set(used)].toSorted()).toEqual(declared.toSorted());
  });
});

describe('a table', () => {
  it('keeps a pipe inside its cell', () => {
    expect(markdownTable(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
  });
});
