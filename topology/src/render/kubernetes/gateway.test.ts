import { describe, expect, it } from 'vitest';
import type { Environment } from '../../model/index.ts';
import { platform } from '../../platform.ts';
import { renderGatewayAccess } from './gateway-access.ts';
import { renderGatewayBackends } from './gateway-backends.ts';
import { renderGatewayRoutes } from './gateway-routes.ts';
import { renderGatewayTls } from './gateway-tls.ts';
import { renderGateway } from './gateway.ts';
import { renderTargets, targetFolder } from './render-targets.ts';
import type { KubernetesObject, KubernetesRenderer, RenderTarget } from './rendered-object.ts';

const targets = new Map(renderTargets(platform).map((target) => [targetFolder(target), target]));
const clouds = ['production/gke', 'production/eks', 'staging/gke', 'staging/eks'];

function objects(render: KubernetesRenderer, folder: string): KubernetesObject[] {
  return render(targets.get(folder)!).map(({ object }) => object);
}

function withMesh(target: RenderTarget): RenderTarget {
  const environment: Environment = { ...target.environment, serviceMesh: 'istio' };
  return { ...target, environment };
}

/** The objects' own words for the fields that these tests read. */
type Listener = { port: number; protocol: string; hostname?: string; name: string };
type GatewaySpec = { gatewayClassName: string; listeners: Listener[]; addresses?: object[] };
type Rule = {
  matches: { path: { type: string; value: string } }[];
  backendRefs: { name: string; port: number; weight?: number }[];
};
type RouteSpec = { parentRefs: object[]; hostnames?: string[]; rules: Rule[] };

function gatewayOf(folder: string): KubernetesObject & { spec: GatewaySpec } {
  const gateway = objects(renderGateway, folder).find(({ kind }) => kind === 'Gateway');
  return gateway as KubernetesObject & { spec: GatewaySpec };
}

function routesOf(folder: string): (KubernetesObject & { spec: RouteSpec })[] {
  return objects(renderGatewayRoutes, folder) as (KubernetesObject & { spec: RouteSpec })[];
}

describe('the way in from outside', () => {
  it.each(clouds)('is one L7 load balancer on 443 with TLS only in %s [R36,R42]', (folder) => {
    const { spec } = gatewayOf(folder);
    expect(new Set(spec.listeners.map(({ port }) => port))).toEqual(new Set([443]));
    expect(new Set(spec.listeners.map(({ protocol }) => protocol))).toEqual(new Set(['HTTPS']));
    const [, cloud = ''] = folder.split('/');
    expect(spec.gatewayClassName).toBe(
      { gke: 'gke-l7-global-external-managed', eks: 'alb' }[cloud],
    );
  });

  it('answers to every name of the environment [R41]', () => {
    const hostnames = (folder: string) =>
      gatewayOf(folder).spec.listeners.map(({ hostname }) => hostname);
    expect(hostnames('production/gke')).toEqual(['app.maxai.io', 'admin.maxai.io', 'api.maxai.io']);
    expect(hostnames('production/eks')).toEqual(hostnames('production/gke'));
    expect(hostnames('staging/gke')).toEqual(['staging.maxai.io']);
  });

  it('takes TLS 1.3 and nothing older, by the cloud’s own policy [R36,R50]', () => {
    expect(objects(renderGatewayTls, 'production/gke').map(({ spec }) => spec)).toEqual([
      {
        default: { sslPolicy: 'maxai-tls-1-3' },
        targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' },
      },
    ]);
    expect(objects(renderGatewayTls, 'production/eks')[0]?.['spec']).toMatchObject({
      scheme: 'internal',
      sourceRanges: ['10.32.0.0/20'],
      listenerConfigurations: [
        { protocolPort: 'HTTPS:443', sslPolicy: 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09' },
      ],
    });
    expect(objects(renderGatewayTls, 'development/kind')).toEqual([]);
  });

  it('has managed certificates: of the map on GKE, found by name on EKS [R37]', () => {
    expect(gatewayOf('production/gke').metadata.annotations).toEqual({
      'networking.gke.io/certmap': 'maxai',
    });
    const { listeners } = gatewayOf('production/eks').spec;
    expect(listeners.every(({ hostname }) => hostname !== undefined)).toBe(true);
    expect(JSON.stringify(listeners)).not.toContain('certificateRefs');
  });

  it('keeps production’s load balancer from being deleted by mistake', () => {
    const protection = (folder: string) =>
      JSON.stringify(objects(renderGatewayTls, folder)).includes(
        '{"key":"deletion_protection.enabled","value":"true"}',
      );
    expect(protection('production/eks')).toBe(true);
    expect(protection('staging/eks')).toBe(false);
  });

  it('is in the clear and without names on one machine, where it is loopback', () => {
    expect(gatewayOf('development/kind').spec.listeners).toEqual([
      expect.objectContaining({ port: 8080, protocol: 'HTTP', name: 'http' }),
    ]);
  });
});

describe('the routes', () => {
  it.each(clouds)(
    'lead /api and /webhooks into the cluster, and nothing else, in %s [R40]',
    (folder) => {
      const paths = routesOf(folder).flatMap(({ metadata, spec }) =>
        spec.rules.flatMap(({ matches }) =>
          matches.map(({ path }) => `${path.type} ${path.value} ${metadata.name}`),
        ),
      );
      expect(paths).toEqual([
        'PathPrefix /api api-gateway',
        'PathPrefix /webhooks webhook-ingress',
      ]);
    },
  );

  it('lead / and /admin to the web apps as well where the cluster is one machine [R40]', () => {
    const paths = routesOf('development/kind').map(({ metadata, spec }) => [
      metadata.name,
      spec.rules[0]?.matches[0]?.path.value,
      spec.rules[0]?.backendRefs,
    ]);
    expect(paths).toEqual([
      ['api-gateway', '/api', [{ name: 'api-gateway', port: 4101 }]],
      ['webhook-ingress', '/webhooks', [{ name: 'webhook-ingress', port: 4102 }]],
      ['portal-web', '/', [{ name: 'portal-web', port: 4108 }]],
      ['admin-web', '/admin', [{ name: 'admin-web', port: 4109 }]],
    ]);
  });

  it('start with everything on the stable version, beside a canary a release can give weight to', () => {
    for (const { metadata, spec } of clouds.flatMap((folder) => routesOf(folder))) {
      expect(spec.rules[0]?.backendRefs.map(({ name, weight }) => [name, weight])).toEqual([
        [metadata.name, 100],
        [`${metadata.name}-canary`, 0],
      ]);
    }
  });

  it('attach to the Gateway from the namespace of their Service, which it admits', () => {
    const { listeners } = gatewayOf('production/gke').spec;
    for (const { metadata, spec } of routesOf('production/gke')) {
      expect(spec.parentRefs).toEqual([{ name: 'public', namespace: 'prod-api' }]);
      expect(JSON.stringify(listeners)).toContain(`"${metadata.namespace}"`);
    }
    expect(JSON.stringify(listeners)).not.toContain('prod-jobs');
  });

  it('exist for internal services only in a mesh, on the Service itself', () => {
    const target = withMesh(targets.get('production/gke')!);
    const meshed = renderGatewayRoutes(target).map(({ object }) => object);
    expect(meshed.map(({ metadata }) => metadata.name)).toEqual([
      'api-gateway',
      'webhook-ingress',
      'iam',
      'prompt-svc',
      'orchestrator',
      'billing-usage',
      'payments',
    ]);
    expect(meshed[2]?.['spec']).toMatchObject({
      parentRefs: [{ group: '', kind: 'Service', name: 'iam', port: 4103 }],
    });
  });
});

describe('what the load balancer knows of each version', () => {
  it('on GKE: its health, its drain, a cookie for one of its pods [R38,R39]', () => {
    const policies = objects(renderGatewayBackends, 'production/gke');
    expect(policies.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'HealthCheckPolicy api-gateway',
      'GCPBackendPolicy api-gateway',
      'HealthCheckPolicy api-gateway-canary',
      'GCPBackendPolicy api-gateway-canary',
      'HealthCheckPolicy webhook-ingress',
      'GCPBackendPolicy webhook-ingress',
      'HealthCheckPolicy webhook-ingress-canary',
      'GCPBackendPolicy webhook-ingress-canary',
    ]);
    expect(policies[0]?.['spec']).toMatchObject({
      targetRef: { group: '', kind: 'Service', name: 'api-gateway' },
      default: { config: { type: 'HTTP', httpHealthCheck: { requestPath: '/health' } } },
    });
    expect(policies[1]?.['spec']).toMatchObject({
      default: {
        connectionDraining: { drainingTimeoutSec: 30 },
        sessionAffinity: { type: 'GENERATED_COOKIE', cookieTtlSec: 3600 },
        securityPolicy: 'maxai-gateway',
      },
    });
  });

  it('on EKS the same, by target groups whose cookie holds within one version only [R38,R39]', () => {
    const groups = objects(renderGatewayBackends, 'production/eks');
    expect(groups.map(({ metadata }) => metadata.name)).toEqual([
      'api-gateway',
      'api-gateway-canary',
      'webhook-ingress',
      'webhook-ingress-canary',
    ]);
    expect(groups[0]?.['spec']).toMatchObject({
      defaultConfiguration: {
        targetType: 'ip',
        healthCheckConfig: { healthCheckPath: '/health', matcher: { httpCode: '200' } },
        targetGroupAttributes: [
          { key: 'stickiness.enabled', value: 'true' },
          { key: 'stickiness.type', value: 'lb_cookie' },
          { key: 'stickiness.lb_cookie.duration_seconds', value: '3600' },
          { key: 'deregistration_delay.timeout_seconds', value: '30' },
        ],
      },
    });
  });

  it('never pins a client to a version: no persistence across the weights of a route', () => {
    for (const folder of clouds) {
      const text = JSON.stringify([
        ...objects(renderGatewayRoutes, folder),
        ...objects(renderGatewayBackends, folder),
        ...objects(renderGatewayTls, folder),
      ]);
      expect(text).not.toMatch(/sessionPersistence|GCPSessionAffinity|target_group_stickiness/);
    }
  });

  it('is nothing on one machine', () => {
    expect(objects(renderGatewayBackends, 'development/kind')).toEqual([]);
  });
});

describe('the controller of releases', () => {
  const namespaces = (target: RenderTarget) =>
    renderGatewayAccess(target)
      .map(({ object }) => object)
      .filter(({ kind }) => kind === 'Role')
      .map(({ metadata }) => metadata.namespace);

  it('may move weights where there are routes, and nothing else', () => {
    expect(namespaces(targets.get('production/gke')!)).toEqual(['prod-api', 'prod-services']);
    const [role, binding] = objects(renderGatewayAccess, 'production/gke');
    expect(role?.['rules']).toEqual([
      {
        apiGroups: ['gateway.networking.k8s.io'],
        resources: ['httproutes'],
        verbs: ['get', 'update'],
      },
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['argo-gatewayapi-configmap'],
        verbs: ['get'],
      },
    ]);
    expect(binding?.['subjects']).toEqual([
      { kind: 'ServiceAccount', name: 'argo-rollouts', namespace: 'argo-rollouts' },
    ]);
  });

  it('has none to move on one machine, and one for every service in a mesh', () => {
    expect(namespaces(targets.get('development/kind')!)).toEqual([]);
    expect(namespaces(withMesh(targets.get('production/gke')!))).toEqual([
      'prod-api',
      'prod-services',
    ]);
  });
});
