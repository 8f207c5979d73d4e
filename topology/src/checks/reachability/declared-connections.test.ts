import { describe, expect, it } from 'vitest';
import { declaredNetworkEdges } from '../../network/declared-network-edges.ts';
import { peerName, type Pods } from '../../network/network-edge.ts';
import { platform } from '../../platform.ts';
import { renderNetworkPolicies } from '../../render/kubernetes/network-policies.ts';
import { renderTargets, targetFolder } from '../../render/kubernetes/render-targets.ts';
import type { RenderedObject, RenderTarget } from '../../render/kubernetes/rendered-object.ts';
import { declaredConnections } from './declared-connections.ts';

type Rule = { from?: object[]; to?: object[]; ports?: object[] };
type Spec = { ingress?: Rule[]; egress?: Rule[]; policyTypes?: string[] };

const targets = renderTargets(platform);
const production = targets[0]!;

function workload({ name, namespace, labels }: Pods): RenderedObject {
  const spec = { template: { metadata: { labels }, spec: { containers: [{ name }] } } };
  const metadata = { name, namespace };
  return {
    object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
    origins: [],
    file: name,
  };
}

/** Pods as the edges name them; what the workloads really carry is proven on the rendered whole. */
function workloads(target: RenderTarget): RenderedObject[] {
  const ours = declaredNetworkEdges(target)
    .flatMap(({ from, to }) => [from, to])
    .flatMap((peer) => (peer.kind === 'pods' ? [peer] : []))
    .filter(({ namespace }) => namespace.startsWith(`${target.environment.shortName}-`));
  return [...new Map(ours.map((pods) => [peerName(pods), workload(pods)])).values()];
}

function check(target: RenderTarget, policies = renderNetworkPolicies(target)) {
  return declaredConnections(target, [...policies, ...workloads(target)]);
}

/** The policies with one of them changed. */
function changed(name: string, change: (spec: Spec) => Spec): RenderedObject[] {
  return renderNetworkPolicies(production).map((one) =>
    one.object.metadata.name === name
      ? // A NetworkPolicy's spec, as the renderer beside this builds it.
        { ...one, object: { ...one.object, spec: change(one.object['spec'] as Spec) } }
      : one,
  );
}

describe.each(targets.map((target) => [targetFolder(target), target] as const))(
  'the policies of %s',
  (_folder, target) => {
    it('open every declared connection and no other [R52]', () => {
      expect(check(target)).toEqual([]);
    });

    it('fail the check when any one rule is missing', () => {
      const policies = renderNetworkPolicies(target);
      const cuts = policies.flatMap((policy, at) =>
        (['ingress', 'egress'] as const).flatMap((side) =>
          ((policy.object['spec'] as Spec)[side] ?? []).map((_rule, index) => ({
            at,
            side,
            index,
          })),
        ),
      );
      expect(cuts.length).toBeGreaterThan(80);
      const pods = workloads(target);
      for (const { at, side, index } of cuts.filter((_cut, number) => number % 7 === 0)) {
        const mutated = policies.map((policy, position) => {
          const spec = policy.object['spec'] as Spec;
          const rules = (spec[side] ?? []).filter((_rule, rule) => rule !== index);
          return position === at
            ? { ...policy, object: { ...policy.object, spec: { ...spec, [side]: rules } } }
            : policy;
        });
        expect(declaredConnections(target, [...mutated, ...pods])).not.toEqual([]);
      }
    });
  },
);

it('names a declared connection that is blocked, the side that blocks it and its declaration', () => {
  const withoutIngress = changed('iam', (spec) => ({ ...spec, ingress: spec.ingress!.slice(1) }));
  expect(check(production, withoutIngress)).toEqual([
    {
      check: 'declared-connections',
      file: 'services/api-gateway/deploy.ts',
      declaration: 'prod-api/api-gateway to prod-services/iam, TCP 4103 (calls)',
      reason:
        'api-gateway calls iam, but the ingress rules of prod-services/iam do not let it through',
      fix: 'Allow it in the NetworkPolicy of prod-services/iam: topology/src/render/kubernetes/network-policies.ts renders every declared connection',
    },
  ]);
  const [finding] = check(
    production,
    changed('billing-usage', (spec) => ({ ...spec, egress: [] })),
  );
  expect(finding?.reason).toContain('the egress rules of prod-services/billing-usage do not let');
});

it('names an undeclared connection that is open, and the policy that opens it', () => {
  const podSelector = { matchLabels: { 'app.kubernetes.io/name': 'billing-usage' } };
  const open = changed('prompt-svc', (spec) => ({
    ...spec,
    ingress: [...spec.ingress!, { from: [{ podSelector }], ports: [{ port: 4104 }] }],
  }));
  const both = open.map((one) =>
    one.object.metadata.name === 'billing-usage'
      ? {
          ...one,
          object: {
            ...one.object,
            spec: { podSelector, policyTypes: ['Egress'], egress: [{ ports: [{ port: 4104 }] }] },
          },
        }
      : one,
  );
  const findings = check(production, both).filter(({ reason }) => reason.includes('open'));
  expect(findings).toContainEqual({
    check: 'declared-connections',
    file: 'services/api-gateway/deploy.ts',
    declaration: 'prod-services/billing-usage to prod-services/prompt-svc, TCP 4104',
    reason: 'The policies leave it open, and no declaration asks for it',
    fix: 'Declare it in the deploy.ts of billing-usage, or drop the rule from NetworkPolicy prod-services/prompt-svc',
  });
});

it('finds a namespace without default deny through what nobody declared', () => {
  const open = renderNetworkPolicies(production).filter(
    ({ object }) => object.metadata.namespace !== 'prod-frontend',
  );
  const namespace = {
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod-frontend' } },
    origins: [],
    file: 'namespace',
  };
  const findings = check(production, [...open, namespace]);
  expect(findings).toContainEqual({
    check: 'declared-connections',
    file: 'topology/src/render/kubernetes/network-policies.ts',
    declaration:
      'prod-frontend/stranger to an address on the internet, TCP 1-65535, UDP 1-65535, SCTP 1-65535',
    reason: 'The policies leave it open, and no declaration asks for it',
    fix: 'Render a NetworkPolicy that selects it',
  });
});

it('finds a workload whose labels no policy expects', () => {
  const renamed = workloads(production).map((one) =>
    one.object.metadata.name === 'iam'
      ? workload({ kind: 'pods', name: 'iam', namespace: 'prod-services', labels: { app: 'iam' } })
      : one,
  );
  const findings = declaredConnections(production, [
    ...renderNetworkPolicies(production),
    ...renamed,
  ]);
  expect(findings).toEqual([
    {
      check: 'declared-connections',
      file: 'services/api-gateway/deploy.ts',
      declaration: 'prod-services/iam',
      reason: 'Its pods carry labels that no policy selects, so nothing it declares is open',
      fix: expect.stringContaining('selectorLabels()') as string,
    },
  ]);
});

it('asks nothing of a cluster without pods', () => {
  expect(declaredConnections(production, [])).toEqual([]);
});
