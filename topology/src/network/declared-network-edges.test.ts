import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import { renderTargets, targetFolder } from '../render/kubernetes/render-targets.ts';
import { declaredNetworkEdges } from './declared-network-edges.ts';
import { peerName, type NetworkEdge } from './network-edge.ts';

const targets = new Map(renderTargets(platform).map((target) => [targetFolder(target), target]));

function edgesOf(folder: string): NetworkEdge[] {
  return declaredNetworkEdges(targets.get(folder)!);
}

function between(edges: readonly NetworkEdge[], name: RegExp): string[] {
  return edges
    .map(({ from, to, ports }) => {
      const numbers = [...new Set(ports.map(({ port }) => port))].join(',');
      return `${peerName(from)} > ${peerName(to)}:${numbers}`;
    })
    .filter((text) => name.test(text))
    .toSorted((one, other) => one.localeCompare(other));
}

describe('in the cloud', () => {
  it('nothing but the load balancer, the monitoring and declared callers reaches a service', () => {
    expect(between(edgesOf('production/gke'), /> prod-.*:41\d\d$/)).toEqual([
      'load balancer > prod-api/api-gateway:4101',
      'load balancer > prod-services/webhook-ingress:4102',
      'monitoring/prometheus > prod-api/api-gateway:4101',
      'monitoring/prometheus > prod-jobs/billing-usage-worker:4116',
      'monitoring/prometheus > prod-jobs/orchestrator-worker:4115',
      'monitoring/prometheus > prod-jobs/payments-worker:4117',
      'monitoring/prometheus > prod-services/billing-usage:4106',
      'monitoring/prometheus > prod-services/iam:4103',
      'monitoring/prometheus > prod-services/orchestrator:4105',
      'monitoring/prometheus > prod-services/payments:4107',
      'monitoring/prometheus > prod-services/prompt-svc:4104',
      'monitoring/prometheus > prod-services/webhook-ingress:4102',
      'prod-api/api-gateway > prod-services/billing-usage:4106',
      'prod-api/api-gateway > prod-services/iam:4103',
      'prod-api/api-gateway > prod-services/orchestrator:4105',
      'prod-api/api-gateway > prod-services/payments:4107',
      'prod-api/api-gateway > prod-services/prompt-svc:4104',
      'prod-api/api-gateway > prod-services/webhook-ingress:4102',
      'prod-jobs/orchestrator-worker > prod-services/iam:4103',
      'prod-jobs/orchestrator-worker > prod-services/webhook-ingress:4102',
      'prod-jobs/payments-worker > prod-services/iam:4103',
      'prod-services/orchestrator > prod-services/iam:4103',
      'prod-services/payments > prod-services/billing-usage:4106',
      'prod-services/payments > prod-services/iam:4103',
      'prod-services/prompt-svc > prod-services/iam:4103',
      'prod-services/webhook-ingress > prod-services/iam:4103',
    ]);
  });

  it('PostgreSQL is reached through PgBouncer, and directly only to change it [R23]', () => {
    for (const folder of ['production/gke', 'production/eks', 'staging/gke', 'staging/eks']) {
      const prefix = folder.startsWith('production') ? 'prod' : 'staging';
      const edges = edgesOf(folder);
      expect(between(edges, /> postgres:5432$/)).toEqual([
        ...['billing-usage', 'iam', 'orchestrator', 'payments'].map(
          (name) => `${prefix}-services/${name}-migrations > postgres:5432`,
        ),
        `${prefix}-services/pgbouncer > postgres:5432`,
        `${prefix}-services/prompt-svc-migrations > postgres:5432`,
        `${prefix}-services/provisioning > postgres:5432`,
        `${prefix}-services/webhook-ingress-migrations > postgres:5432`,
      ]);
      expect(between(edges, /pgbouncer:6432$/)).toHaveLength(9);
    }
  });

  it('keeps the cache from those who use the queue only, and the queue from the cache’s users', () => {
    const edges = edgesOf('production/eks');
    const cache = between(edges, /redis-cache/);
    const queue = between(edges, /redis-queue/);
    expect(cache).toContain('prod-services/iam > redis-cache:6379');
    expect(queue).toContain('prod-jobs/payments-worker > redis-queue:6379');
    expect(queue.join()).not.toContain('/iam >');
    expect(cache.join()).not.toContain('payments-worker');
    const cidrs = edges
      .flatMap(({ to }) => (to.kind === 'addresses' ? [to] : []))
      .filter(({ name }) => name.startsWith('redis'))
      .flatMap((to) => to.cidrs);
    expect(new Set(cidrs)).toEqual(new Set(['10.32.132.0/22', '10.32.136.0/22']));
  });

  it('n8n is reached over HTTPS at its private addresses, by whoever runs flows [R46,R150]', () => {
    const cidrs = { 'production/gke': '10.17.12.0/22', 'staging/eks': '10.64.140.0/22' };
    for (const [folder, cidr] of Object.entries(cidrs)) {
      const prefix = folder.startsWith('production') ? 'prod' : 'staging';
      const edges = edgesOf(folder);
      expect(between(edges, /> n8n:/)).toEqual([`${prefix}-jobs/orchestrator-worker > n8n:443`]);
      expect(edges.find(({ to }) => peerName(to) === 'n8n')).toMatchObject({
        to: { kind: 'addresses', cidrs: [cidr] },
        file: 'services/orchestrator/deploy.ts',
        key: 'settings.N8N_URL',
      });
    }
    expect(between(edgesOf('development/kind'), /> n8n:/)).toEqual([]);
  });

  it('lets the load balancer in from its published ranges only [R2]', () => {
    const ranges = (folder: string) =>
      edgesOf(folder).flatMap(({ from }) => (from.kind === 'addresses' ? from.cidrs : []));
    expect(new Set(ranges('production/gke'))).toEqual(new Set(['130.211.0.0/22', '35.191.0.0/16']));
    expect(new Set(ranges('production/eks'))).toEqual(new Set(['10.32.0.0/20']));
  });

  it('resolves names at the cluster’s own DNS and nowhere else', () => {
    const dns = edgesOf('staging/gke').filter(({ ports }) => ports.some(({ port }) => port === 53));
    expect(new Set(dns.map(({ to }) => peerName(to)))).toEqual(new Set(['kube-system/kube-dns']));
    expect(dns.map(({ ports }) => ports.map(({ protocol }) => protocol))).toContainEqual([
      'UDP',
      'TCP',
    ]);
  });
});

describe('on one machine', () => {
  it('has its data, web apps and outside world in the cluster', () => {
    const edges = edgesOf('development/kind');
    expect(between(edges, /^load balancer/)).toEqual([
      'load balancer > dev-api/api-gateway:4101',
      'load balancer > dev-frontend/admin-web:4109',
      'load balancer > dev-frontend/portal-web:4108',
      'load balancer > dev-services/webhook-ingress:4102',
    ]);
    expect(between(edges, /sandbox:4100$/)).toEqual([
      'dev-jobs/orchestrator-worker > dev-services/sandbox:4100',
      'dev-jobs/payments-worker > dev-services/sandbox:4100',
      'dev-services/iam > dev-services/sandbox:4100',
      'dev-services/prompt-svc > dev-services/sandbox:4100',
    ]);
    expect(between(edges, /keda/)).toEqual(['keda/keda-operator > dev-services/redis-queue:6379']);
    expect(between(edges, /internet|egress-proxy/)).toEqual([]);
  });
});

describe('with a mesh', () => {
  it('lets every pod of ours fetch its certificate, and only then', () => {
    const target = targets.get('production/gke')!;
    const environment = { ...target.environment, serviceMesh: 'istio' as const };
    const meshed = declaredNetworkEdges({ ...target, environment });
    expect(between(meshed, /istiod:15012/)).toHaveLength(18);
    expect(between(edgesOf('production/gke'), /istiod/)).toEqual([]);
  });
});
