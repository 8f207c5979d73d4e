import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment, Platform } from '../model/index.ts';
import { platform } from '../platform.ts';
import type { RenderedObject } from '../render/kubernetes/rendered-object.ts';
import { renderClusters, type RenderedCluster } from '../rendered-files.ts';
import { checkConformance } from './check-conformance.ts';
import type { Facts } from './claim.ts';
import { documentFile } from './compare-document.ts';
import { prose } from './prose.ts';
import { readDocument } from './read-document.ts';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, documentFile), 'utf8');
const clusters = renderClusters(platform);
const facts: Facts = { platform, clusters, coveragePercent: 95 };

function reasons(markdown: string, changed: Partial<Facts> = {}): string[] {
  return checkConformance(markdown, { ...facts, ...changed }).map(({ reason }) => reason);
}

function withEnvironment(
  name: string,
  change: (of: Environment) => Partial<Environment>,
): Platform {
  return {
    ...platform,
    environments: platform.environments.map((environment) =>
      environment.name === name ? { ...environment, ...change(environment) } : environment,
    ),
  };
}

function lineOf(text: string): number {
  return document.split('\n').findIndex((line) => line.trim() === text) + 1;
}

it('the document and the platform say the same', () => {
  expect(checkConformance(document, facts)).toEqual([]);
});

describe('a number that drifts', () => {
  const numbers = document
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\d+/g)]
        // Of names, of headings and of links to tables nothing is stated.
        .filter(({ index: at }) => !/n8n|K8S/.test(text.slice(at - 1, at + 2)))
        .map((match) => ({ line: index + 1, at: match.index, number: match[0] })),
    )
    .filter(({ line }) => !/^#+ /.test(document.split('\n')[line - 1]!));

  it('is noticed wherever it stands in the document', () => {
    const unnoticed = numbers.filter(({ line, at, number }) => {
      const lines = document.split('\n');
      const text = lines[line - 1]!;
      lines[line - 1] =
        `${text.slice(0, at)}${Number(number) + 1}${text.slice(at + number.length)}`;
      return checkConformance(lines.join('\n'), facts).length === 0;
    });
    expect(numbers.length).toBeGreaterThan(100);
    expect(unnoticed).toEqual([]);
  });

  it('in the document is told with both values and the line', () => {
    const row = '| iam | CPU | 2 | 5 | 70% |';
    const [finding, ...others] = checkConformance(
      document.replace(row, '| iam | CPU | 2 | 6 | 70% |'),
      facts,
    );
    expect(finding).toEqual({
      check: 'conformance',
      file: `${documentFile}:${lineOf(row)}`,
      declaration: 'Horizontal Scaling (Auto-scaling): | iam | CPU | 2 | 6 | 70% |',
      reason: `The document says "| iam | CPU | 2 | 6 | 70% |", the model says "${row}"`,
      fix: 'Change whichever is wrong; a number is the same in both',
    });
    expect(others.map(({ reason }) => reason.replace(/.*", /, '').toLowerCase())).toEqual([
      `production/gke says "${row.toLowerCase()}"`,
      `production/eks says "${row.toLowerCase()}"`,
    ]);
  });

  it.each<[string, Platform]>([
    [
      'auto-scaling (3-21 nodes)"',
      withEnvironment('production', ({ cluster }) => ({ cluster: { ...cluster, nodesMax: 21 } })),
    ],
    [
      '7-day retention"',
      withEnvironment('production', ({ postgres }) => ({
        postgres: { ...postgres, backups: { ...postgres.backups!, dailyRetentionDays: 7 } },
      })),
    ],
    [
      '2 GB Basic Tier"',
      withEnvironment('staging', ({ redis }) => ({
        redis: { ...redis, cache: { ...redis.cache, memoryMb: 2048 } },
      })),
    ],
    ['8 hours"', withEnvironment('production', () => ({ recovery: { rtoHours: 8, rpoHours: 1 } }))],
    [
      'HTTPS (8443) only"',
      withEnvironment('production', ({ loadBalancer }) => ({
        loadBalancer: { ...loadBalancer, publicPort: 8443 },
      })),
    ],
    [
      'rate limits (TTL 2m)"',
      {
        ...platform,
        cacheUses: platform.cacheUses.map((use) =>
          use.ttlSeconds === 60 ? { ...use, ttlSeconds: 120 } : use,
        ),
      },
    ],
    [
      '(3-8 vCPU, 8-16 GB)"',
      {
        ...platform,
        nodePools: {
          ...platform.nodePools,
          'api-pool': { ...platform.nodePools['api-pool'], vcpu: { min: 3, max: 8 } },
        },
      },
    ],
  ])('in the model is told: %s', (value, changed) => {
    const found = reasons(document, { platform: changed }).filter((reason) =>
      reason.startsWith('The document says'),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toContain(value);
  });

  it('in a rendered object is told, though the model is right', () => {
    const changed = (rendered: RenderedObject): RenderedObject =>
      JSON.parse(
        JSON.stringify(rendered)
          .replaceAll('"maxReplicas":5', '"maxReplicas":6')
          .replaceAll('"scaleDownDelaySeconds":86400', '"scaleDownDelaySeconds":30')
          .replaceAll('"setWeight":10,', '"setWeight":20,')
          .replaceAll('"setWeight":10}', '"setWeight":20}')
          .replaceAll('"ClusterIP"', '"NodePort"')
          .replaceAll('max_db_connections = 100', 'max_db_connections = 150')
          .replaceAll('min_pool_size = 9', 'min_pool_size = 1')
          .replaceAll('"value":"300"', '"value":"600"'),
      ) as RenderedObject;
    const first: RenderedCluster = {
      target: clusters[0]!.target,
      objects: clusters[0]!.objects.map(changed),
    };
    const found = checkConformance(document, { ...facts, clusters: [first] }).map(
      ({ declaration, reason }) => `${declaration} ${reason}`,
    );
    for (const value of [
      '| iam | cpu | 2 | 6 | 70% |',
      '- Keep old version for 0.5m (rollback window)',
      '- Route 20% traffic to new version (canary)',
      'Kubernetes internal networking (NodePort)',
      'PgBouncer (12-300 connections)',
      'feature flags (TTL 10m)',
    ]) {
      expect(found.filter((text) => text.includes(value))).toHaveLength(1);
    }
    expect(found.filter((text) => text.includes('the model says'))).toEqual([]);
  });

  it('in the gate of the tests is told', () => {
    expect(reasons(document, { coveragePercent: 90 })).toEqual([
      expect.stringContaining('the gate of the tests says "UNIT -->|Coverage ≥90%|'),
    ]);
  });
});

describe('a word that drifts', () => {
  it.each([
    [
      '- `/webhooks/*` → webhook-ingress (Kubernetes)',
      '- `/webhooks/*` → api-gateway (Kubernetes)',
    ],
    ['- `prod-jobs`: Background job workers', '- `prod-batch`: Background job workers'],
    ['- API keys (Retell, Twilio, OpenRouter)', '- API keys (Retell, Twilio)'],
    ['- Eviction Policy: allkeys-lru (cache), noeviction (queue)', '- Eviction Policy: noeviction'],
    ['- `app.maxai.io` → Production Load Balancer', '- `www.maxai.io` → Production Load Balancer'],
  ])('is told on both sides: %s', (line, changed) => {
    const found = checkConformance(document.replace(line, changed), facts);
    expect(found.map(({ file }) => file)).toEqual(
      expect.arrayContaining([documentFile, `${documentFile}:${lineOf(line)}`]),
    );
  });

  it('is told where a fact leaves the model', () => {
    const without = withEnvironment('production', ({ postgres, n8n, redis, loadBalancer }) => ({
      postgres: {
        ...postgres,
        backups: null,
        pooledConnections: null,
        storageAutoResize: false,
        highAvailability: 'none',
      },
      redis: { ...redis, cache: { ...redis.cache, replicatedAcrossZones: false } },
      n8n: { ...n8n, https: false, access: 'loopback' },
      loadBalancer: { ...loadBalancer, tls: 'none: loopback only' },
      recovery: null,
      idle: 'always on',
    }));
    const bare: Platform = {
      ...without,
      secrets: {} as Platform['secrets'],
      environments: without.environments.map((environment) => ({
        ...environment,
        idle: 'always on',
      })),
    };
    const unsaid = checkConformance(document, { ...facts, platform: bare })
      .filter(({ reason }) => reason.startsWith('Nothing in the model'))
      .map(({ declaration }) => declaration.replace(/^.*?: /, ''));
    expect(unsaid).toEqual(
      expect.arrayContaining([
        '- HTTPS with valid certificate',
        '- VPN access only (no public internet)',
        '- High Availability: Multi-zone with automatic failover',
        '- Database credentials',
        '- JWT signing keys',
        '- **Development**: Shutdown non-prod clusters outside business hours',
        '- **Staging**: Scale down to min replicas outside business hours',
      ]),
    );
  });

  it('needs all three environments', () => {
    const environments = platform.environments.slice(0, 2);
    expect(() => reasons(document, { platform: { ...platform, environments } })).toThrow(
      'The platform has no environment development',
    );
  });
});

describe('what no fact answers to', () => {
  it('is in the document, letter by letter', () => {
    const texts = new Set(readDocument(document).map(({ text }) => text));
    expect([...prose].filter((line) => !texts.has(line))).toEqual([]);
  });

  it('may not be added without saying so', () => {
    const [finding] = checkConformance(`${document}\n- Nodes: 99\n`, facts);
    expect(finding).toMatchObject({
      file: `${documentFile}:${document.split('\n').length + 1}`,
      reason: 'Nothing in the model or in what is rendered from it says so',
    });
  });
});
