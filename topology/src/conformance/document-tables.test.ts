import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import { renderClusters } from '../rendered-files.ts';
import { documentFile } from './compare-document.ts';
import { readDocument } from './read-document.ts';

const document = readFileSync(join(import.meta.dirname, '../../..', documentFile), 'utf8');
const clusters = renderClusters(platform);

it('the scaling table is the one in force, row by row [R54,R55,R56,R57,R58,R59,R60]', () => {
  const rows = readDocument(document)
    .filter(({ section }) => section.startsWith('Horizontal Scaling'))
    .map(({ text }) => text.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 7 && /^\d+$/.test(cells[3]!));
  const rendered = clusters
    .filter(({ target }) => target.environment.name === 'production')
    .map(({ objects }) =>
      rows.map(([, name]) => {
        const scaler = objects.find(
          ({ object }) =>
            object.kind === 'HorizontalPodAutoscaler' && object.metadata.name === name,
        );
        const spec = scaler?.object['spec'] as {
          minReplicas: number;
          maxReplicas: number;
          metrics: [{ resource: { name: string; target: { averageUtilization: number } } }];
        };
        const [{ resource }] = spec.metrics;
        return [
          name,
          resource.name.toUpperCase(),
          String(spec.minReplicas),
          String(spec.maxReplicas),
          `${resource.target.averageUtilization}%`,
        ];
      }),
    );
  expect(rows).toHaveLength(7);
  for (const cluster of rendered) expect(cluster).toEqual(rows.map((cells) => cells.slice(1, 6)));
});

describe('the three topologies of the document', () => {
  const drawn = document.slice(0, document.indexOf('## Infrastructure Components'));
  const environmentOf = (name: string) =>
    platform.environments.find((environment) => environment.name === name)!;

  it.each(['production', 'staging', 'development'])('are drawn with what %s has [R1]', (name) => {
    const [, inside = ''] =
      new RegExp(`subgraph "${name}"([^]*?)\\n {4}end`, 'i').exec(drawn) ?? [];
    const parts = [...inside.matchAll(/\[\(?(.*?)\)?\]/g)].map(([, label = '']) =>
      label.split('<br/>'),
    );
    const { loadBalancer, cluster, n8n, postgres, redis } = environmentOf(name);
    expect(parts.map(([what]) => what)).toEqual([
      ...(loadBalancer.kind === 'edge process' ? [] : ['Load Balancer']),
      'Kubernetes Cluster',
      'PostgreSQL',
      'Redis',
      'n8n Instance',
    ]);
    expect([postgres.database, redis.cache.maxmemoryPolicy, redis.queue.maxmemoryPolicy]).toEqual([
      'maxai',
      'allkeys-lru',
      'noeviction',
    ]);
    const detail = (what: string) => parts.find(([part]) => part === what)?.[1];
    const platforms = cluster.platform.replace(' or ', '/');
    expect(platforms).toBe(detail('Kubernetes Cluster') ?? 'GKE/EKS');
    expect(detail('n8n Instance')?.toLowerCase() ?? 'container').toBe(
      n8n.host === 'container' && name === 'development' ? 'docker' : n8n.host.toLowerCase(),
    );
  });

  it('run on both clouds, and development on one node of one machine [R6,R11]', () => {
    const kinds = (name: string) => environmentOf(name).targets.map(({ kind }) => kind);
    expect([kinds('production'), kinds('staging'), kinds('development')]).toEqual([
      ['gke', 'eks'],
      ['gke', 'eks'],
      ['kind'],
    ]);
    expect(environmentOf('development').cluster).toMatchObject({ nodesMin: 1, nodesMax: 1 });
  });
});
