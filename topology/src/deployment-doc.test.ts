import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderDeploymentDoc } from './deployment-doc.ts';
import { platform } from './platform.ts';
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

describe('a table', () => {
  it('keeps a pipe inside its cell', () => {
    expect(markdownTable(['a'], [['x|y']])).toBe('| a |\n| --- |\n| x\\|y |');
  });
});
