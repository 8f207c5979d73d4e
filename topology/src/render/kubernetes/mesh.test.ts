import { describe, expect, it } from 'vitest';
import { platform } from '../../platform.ts';
import { renderMesh } from './mesh.ts';
import { renderTargets } from './render-targets.ts';
import type { KubernetesObject, RenderTarget } from './rendered-object.ts';

const targets = renderTargets(platform);
const [production] = targets as [RenderTarget];
const environment = { ...production.environment, serviceMesh: 'istio' as const };
const meshed = renderMesh({ ...production, environment }).map(({ object }) => object);

function named(kind: string, name: string, namespace = 'prod-services'): KubernetesObject {
  // Each test names an object that the renderer must have made.
  return meshed.find(
    ({ kind: is, metadata }) =>
      is === kind && metadata.name === name && metadata.namespace === namespace,
  ) as KubernetesObject;
}

describe('the mesh', () => {
  it('is off unless the environment’s switch says otherwise [R51]', () => {
    expect(targets.flatMap((target) => renderMesh(target))).toEqual([]);
  });

  it('is strict mTLS in every namespace, on both sides [R51]', () => {
    for (const namespace of ['prod-frontend', 'prod-api', 'prod-services', 'prod-jobs']) {
      expect(named('PeerAuthentication', 'mesh', namespace)['spec']).toEqual({
        mtls: { mode: 'STRICT' },
      });
      expect(named('DestinationRule', 'mesh', namespace)['spec']).toEqual({
        host: `*.${namespace}.svc.cluster.local`,
        trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
      });
      expect(named('AuthorizationPolicy', 'mesh', namespace)['spec']).toEqual({});
    }
  });

  it('lets in the declared callers by their certificates [R51]', () => {
    expect(named('AuthorizationPolicy', 'billing-usage')['spec']).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': 'billing-usage' } },
      action: 'ALLOW',
      rules: [
        ['prod-api', 'api-gateway'],
        ['monitoring', 'prometheus'],
        ['prod-services', 'payments'],
      ].map(([namespace, account]) => ({
        from: [{ source: { principals: [`cluster.local/ns/${namespace}/sa/${account}`] } }],
        to: [{ operation: { ports: ['4106'] } }],
      })),
    });
  });

  it('takes what the load balancer sends, which has no certificate, on that port and from there only', () => {
    expect(named('PeerAuthentication', 'webhook-ingress')['spec']).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': 'webhook-ingress' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { '4102': { mode: 'PERMISSIVE' } },
    });
    expect(JSON.stringify(named('AuthorizationPolicy', 'webhook-ingress'))).toContain(
      '"ipBlocks":["130.211.0.0/22","35.191.0.0/16"]',
    );
    expect(named('PeerAuthentication', 'iam')).toBeUndefined();
  });
});
