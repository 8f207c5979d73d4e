import { describe, expect, it } from 'vitest';
import type { Environment } from '../../model/index.ts';
import { platform } from '../../platform.ts';
import { cloudObject } from './cloud-object.ts';
import { renderEgressPolicies } from './egress-policies.ts';
import { renderEgressProxy } from './egress-proxy.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderTargets, targetFolder } from './render-targets.ts';
import type { KubernetesObject, RenderTarget } from './rendered-object.ts';

const targets = renderTargets(platform);
const [gke, eks, , , kind] = targets as [
  RenderTarget,
  RenderTarget,
  RenderTarget,
  RenderTarget,
  RenderTarget,
];

function policies(target: RenderTarget): KubernetesObject[] {
  return renderEgressPolicies(target).map(({ object }) => object);
}

describe.each(targets.map((target) => [targetFolder(target), target] as const))(
  'the namespaces of %s',
  (_folder, target) => {
    it('deny everything in both directions unless a rule allows it [R52]', () => {
      const denials = renderNetworkPolicies(target)
        .map(({ object }) => object)
        .filter(({ metadata }) => metadata.name === 'default-deny');
      const { shortName } = target.environment;
      expect(denials.map(({ metadata }) => metadata.namespace)).toEqual(
        ['frontend', 'api', 'services', 'jobs'].map((name) => `${shortName}-${name}`),
      );
      for (const { spec } of denials) {
        expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      }
    });
  },
);

describe('a rule of a policy', () => {
  it('says which declaration asks for it', () => {
    const iam = renderNetworkPolicies(gke).find(({ object }) => object.metadata.name === 'iam');
    expect(iam?.origins[0]).toEqual({
      field: 'spec.ingress[0]',
      file: 'services/api-gateway/deploy.ts',
      key: 'calls',
      because: 'api-gateway calls iam',
    });
  });
});

describe('egress on GKE', () => {
  it('is a policy by name for each host, at 443 [R53]', () => {
    const all = policies(gke);
    expect(all.map(({ metadata }) => metadata.name)).toEqual([
      'iam-accounts-google-com',
      'iam-oauth2-googleapis-com',
      'iam-openidconnect-googleapis-com',
      'iam-www-googleapis-com',
      'prompt-svc-api-retellai-com',
      'orchestrator-worker-api-retellai-com',
      'orchestrator-worker-api-stripe-com',
      'orchestrator-worker-api-twilio-com',
      'orchestrator-worker-oauth2-googleapis-com',
      'orchestrator-worker-openrouter-ai',
      'orchestrator-worker-services-leadconnectorhq-com',
      'orchestrator-worker-www-googleapis-com',
      'payments-worker-api-stripe-com',
    ]);
    expect(all[0]).toMatchObject({
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'FQDNNetworkPolicy',
      metadata: { namespace: 'prod-services' },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'iam' } },
        egress: [
          {
            matches: [{ name: 'accounts.google.com' }],
            ports: [{ protocol: 'TCP', port: 443 }],
          },
        ],
      },
    });
    expect(renderEgressProxy(gke)).toEqual([]);
  });
});

describe('egress on EKS', () => {
  it('where AWS runs the nodes is a policy by name beside what the NetworkPolicy allows [R53]', () => {
    const all = policies({ ...eks, cluster: { ...eks.cluster, egress: 'FQDN policies' } });
    expect(all.map(({ metadata }) => metadata.name)).toEqual([
      'iam-egress',
      'prompt-svc-egress',
      'orchestrator-worker-egress',
      'payments-worker-egress',
    ]);
    const { egress } = all[3]!['spec'] as { egress: object[] };
    expect(egress.at(-1)).toEqual({
      to: [{ domainNames: ['api.stripe.com'] }],
      ports: [{ protocol: 'TCP', port: 443 }],
    });
    expect(JSON.stringify(egress)).toContain('kube-dns');
    const names = new Set(renderNetworkPolicies(eks).map(({ object }) => object.metadata.name));
    expect(all.filter(({ metadata }) => names.has(metadata.name))).toEqual([]);
  });

  it('by default is the proxy, twice, and only it reaches the internet [R53]', () => {
    expect(policies(eks)).toEqual([]);
    const kinds = renderEgressProxy(eks).map(({ object }) => object.kind);
    expect(kinds).toEqual([
      'ServiceAccount',
      'ConfigMap',
      'Deployment',
      'Service',
      'PodDisruptionBudget',
    ]);
    const reaching = renderNetworkPolicies(eks).filter(({ object }) =>
      JSON.stringify(object).includes('0.0.0.0/0'),
    );
    expect(reaching.map(({ object }) => object.metadata.name)).toEqual(['egress-proxy']);
    expect(JSON.stringify(reaching[0]?.object)).toContain('169.254.0.0/16');
  });

  it('gives each caller a port of its own, which leads to its own hosts', () => {
    const [, config, deployment, service] = renderEgressProxy(eks).map(({ object }) => object);
    const data = config?.['data'] as Record<string, string>;
    expect(data['payments-worker.hosts']).toBe('api.stripe.com\n');
    expect(data['squid.conf']).toContain(
      [
        'http_port 14117 name=payments-worker',
        'acl from_payments-worker myportname payments-worker',
        'acl hosts_payments-worker dstdomain "/etc/egress-proxy/payments-worker.hosts"',
        'http_access allow CONNECT tls from_payments-worker hosts_payments-worker',
        'http_access deny all',
      ].join('\n'),
    );
    expect(deployment?.['spec']).toMatchObject({ replicas: 2 });
    const ports = (service!['spec'] as { ports: { port: number }[] }).ports;
    expect(ports.map(({ port }) => port)).toEqual([14_103, 14_104, 14_115, 14_117]);
    const allowed = renderNetworkPolicies(eks).find(
      ({ object }) => object.metadata.name === 'egress-proxy',
    );
    const { ingress } = allowed!.object['spec'] as {
      ingress: { from: { podSelector: { matchLabels: object } }[]; ports: { port: number }[] }[];
    };
    expect(
      ingress.map(({ from, ports: [port] }) => [from[0]?.podSelector.matchLabels, port?.port]),
    ).toContainEqual([{ 'app.kubernetes.io/name': 'payments-worker' }, 14_117]);
  });
});

describe('egress on one machine', () => {
  it('needs no way out, because the outside world is inside', () => {
    expect([...policies(kind), ...renderEgressProxy(kind)]).toEqual([]);
  });

  it('is the proxy as soon as a provider is a real one [R53]', () => {
    const environment: Environment = {
      ...kind.environment,
      providers: { ...kind.environment.providers, stripe: 'https://api.stripe.com' },
    };
    const [, config] = renderEgressProxy({ ...kind, environment }).map(({ object }) => object);
    expect(config?.['data']).toMatchObject({ 'payments-worker.hosts': 'api.stripe.com\n' });
  });
});

describe('an object that only a cloud defines', () => {
  it('is held to that definition, and the error names what is wrong', () => {
    const object = {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'FQDNNetworkPolicy',
      metadata: { name: 'iam', namespace: 'prod-services' },
      spec: { podSelector: {}, egress: [{ match: [] }] },
    };
    expect(() => cloudObject(object, { file: 'iam', origins: [] })).toThrow(
      'FQDNNetworkPolicy iam: Error: FQDNNetworkPolicy.spec.egress[0].matches is required; FQDNNetworkPolicy.spec.egress[0].match does not exist',
    );
  });
});
