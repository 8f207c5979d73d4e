import { describe, expect, it } from 'vitest';
import { platform } from '../../platform.ts';
import { renderKubernetes } from '../../render/kubernetes/render-kubernetes.ts';
import { renderTargets, targetFolder } from '../../render/kubernetes/render-targets.ts';
import type {
  KubernetesObject,
  RenderedObject,
  RenderTarget,
} from '../../render/kubernetes/rendered-object.ts';
import { declaredHosts } from './declared-hosts.ts';

const targets = renderTargets(platform);
const [gke, eks] = targets as [RenderTarget, RenderTarget];
/** An EKS cluster whose nodes AWS runs, where policies know host names. */
const autoMode: RenderTarget = { ...eks, cluster: { ...eks.cluster, egress: 'FQDN policies' } };

function check(
  target: RenderTarget,
  change: (object: KubernetesObject) => KubernetesObject | undefined,
) {
  const objects = renderKubernetes(target).flatMap((one): RenderedObject[] => {
    const object = change(one.object);
    return object === undefined ? [] : [{ ...one, object }];
  });
  return declaredHosts(target, objects);
}

describe.each([...targets, autoMode].map((target) => [targetFolder(target), target] as const))(
  'the way out of %s',
  (_folder, target) => {
    it('leads each deployable to the hosts it declares and nowhere else [R53]', () => {
      expect(check(target, (object) => object)).toEqual([]);
    });
  },
);

describe('a host', () => {
  it('that is declared and closed is named with its declaration', () => {
    expect(
      check(gke, (object) =>
        object.metadata.name === 'payments-worker-api-stripe-com' ? undefined : object,
      ),
    ).toEqual([
      {
        check: 'declared-hosts',
        file: 'services/payments/deploy.ts',
        declaration: 'payments-worker to api.stripe.com (providers)',
        reason: 'It declares the host, and neither a policy nor the proxy lets it out there',
        fix: expect.stringContaining('renderEgressPolicies') as string,
      },
    ]);
  });

  const open = { ports: [{ protocol: 'TCP', port: 443 }] };
  const undeclared = {
    check: 'declared-hosts',
    file: 'services/iam/deploy.ts',
    declaration: 'iam to evil.example.com',
    reason: 'It can leave the cluster to a host that it does not declare',
    fix: 'Declare the provider in services/iam/deploy.ts, or take evil.example.com off the list',
  };

  it('that nobody declares is found on each way out', () => {
    const byPolicy = check(gke, (object) =>
      object.metadata.name === 'iam-accounts-google-com'
        ? {
            ...object,
            spec: {
              // The spec that the renderer of this kind builds.
              ...(object['spec'] as object),
              egress: [
                { ...open, matches: [{ name: 'accounts.google.com' }] },
                { ...open, matches: [{ name: 'evil.example.com' }] },
              ],
            },
          }
        : object,
    );
    expect(byPolicy).toEqual([undeclared]);
    const byProxy = check(eks, (object) =>
      object.kind === 'ConfigMap' && object.metadata.name === 'egress-proxy'
        ? {
            ...object,
            data: {
              ...(object['data'] as object),
              'iam.hosts':
                'accounts.google.com\noauth2.googleapis.com\nopenidconnect.googleapis.com\nwww.googleapis.com\nevil.example.com\n',
            },
          }
        : object,
    );
    expect(byProxy).toEqual([undeclared]);
  });

  it('is missed when its caller’s list is not there', () => {
    const findings = check(eks, (object) =>
      object.kind === 'ConfigMap' && object.metadata.name === 'egress-proxy'
        ? { ...object, data: {} }
        : object,
    );
    expect(findings.map(({ declaration }) => declaration)).toContain(
      'prompt-svc to api.retellai.com (providers)',
    );
  });
});

describe('a policy by name', () => {
  function withMatches(matches: object[]) {
    return check(gke, (object) =>
      object.metadata.name === 'iam-accounts-google-com'
        ? { ...object, spec: { ...(object['spec'] as object), egress: [{ matches }] } }
        : object,
    ).map(({ declaration, reason }) => `${declaration}: ${reason}`);
  }

  it('may not open every name below a domain, or every name', () => {
    const reasons = withMatches([{ pattern: '*.google.com' }, {}]);
    expect(reasons).toContain(
      'prod-services/FQDNNetworkPolicy/iam-accounts-google-com: *.google.com opens names that nobody declares, and * stands for one label only',
    );
    expect(reasons).toContain(
      'iam to *: It can leave the cluster to a host that it does not declare',
    );
  });

  it('may not hold more names than its 50 addresses are enough for', () => {
    const names = ['accounts.google.com', 'a.example.com', 'b.example.com', 'c.example.com'];
    expect(withMatches(names.map((name) => ({ name })))).toContain(
      'prod-services/FQDNNetworkPolicy/iam-accounts-google-com: 4 names may resolve to more than the 50 addresses a policy can hold; what is left out is blocked',
    );
  });
});
