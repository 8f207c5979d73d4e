import { describe, expect, it } from 'vitest';
import { checkRendered } from '../src/checks/check-rendered.ts';
import type { RenderedObject } from '../src/render/kubernetes/rendered-object.ts';
import { cluster, clusters } from './rendered-cluster.ts';

const check = 'jobs-come-after-needs';
const annotation = 'argocd.argoproj.io/sync-wave';

/** The same objects, those of one kind applied with everything that says nothing of its wave. */
function withoutWave(objects: readonly RenderedObject[], kind: string): RenderedObject[] {
  return objects.map((one) => {
    if (one.object.kind !== kind) return one;
    const { [annotation]: _, ...annotations } = one.object.metadata.annotations ?? {};
    const metadata = { ...one.object.metadata, annotations };
    return { ...one, object: { ...one.object, metadata } };
  });
}

describe.each(
  clusters.map((one) => [one.target.environment.name, one.target.cluster.kind, one] as const),
)('a release of %s on %s', (_environment, _kind, { target, objects, of }) => {
  it('applies nothing that a Job needs with the Job or after it [R86]', () => {
    expect(of('Job').length).toBeGreaterThan(6);
    expect(checkRendered(target, objects).filter((one) => one.check === check)).toEqual([]);
  });

  it('applies what runs for good, and what leads to it, after the last Job [R86]', () => {
    const late = ['Rollout', 'HTTPRoute', 'ScaledObject', 'HorizontalPodAutoscaler'].flatMap(of);
    expect(late.filter(({ metadata }) => metadata.annotations?.[annotation] !== undefined)).toEqual(
      [],
    );
  });
});

describe('a Job', () => {
  const { target, objects } = cluster('development', 'kind');

  it.each([
    ['Namespace', 'Namespace/dev-services'],
    ['PriorityClass', 'PriorityClass/maxai-data'],
    ['ResourceQuota', 'dev-services/ResourceQuota/namespace'],
    ['LimitRange', 'dev-services/LimitRange/namespace'],
    ['NetworkPolicy', 'dev-services/NetworkPolicy/default-deny'],
    ['ServiceAccount', 'dev-services/ServiceAccount/iam-migrations'],
    ['SecretStore', 'dev-services/SecretStore/iam-migrations'],
    ['ExternalSecret', 'dev-services/ExternalSecret/iam-migrations'],
    ['Role', 'dev-secret-store/Role/dev-services-iam-migrations'],
    ['RoleBinding', 'dev-secret-store/RoleBinding/dev-services-iam-migrations'],
    ['StatefulSet', 'dev-services/StatefulSet/postgres'],
    ['Service', 'dev-services/Service/postgres'],
  ])('is not applied before its %s', (kind, need) => {
    const found = checkRendered(target, withoutWave(objects, kind)).filter(
      (one) => one.check === check && one.declaration.includes('Job/iam-migrations-'),
    );
    expect(found.map(({ reason }) => reason)).toContain(
      `It needs ${need}, which is applied in wave 0, not before its own, -1`,
    );
  });
});
