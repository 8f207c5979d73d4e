import { describe, expect, it } from 'vitest';
import type { Backend } from '../model/index.ts';
import { platform } from '../platform.ts';
import { renderTargets } from '../render/kubernetes/render-targets.ts';
import { egressProxyPort, egressProxyVariables, proxiedCallers } from './egress-proxy.ts';
import { externalHosts, isInside, reachesSandbox } from './external-hosts.ts';

const [gke, eks, , , kind] = renderTargets(platform);
const backends: readonly Backend[] = [...platform.services, ...platform.workers];
const named = (name: string) => backends.find((backend) => backend.name === name)!;

function hosts(name: string): string[] {
  return externalHosts(gke!.environment, named(name)).map(({ host }) => host);
}

describe('the hosts of a deployable', () => {
  it('are those of its providers and of the issuer it signs people in with [R53]', () => {
    expect(hosts('iam')).toEqual([
      'accounts.google.com',
      'oauth2.googleapis.com',
      'openidconnect.googleapis.com',
      'www.googleapis.com',
    ]);
    expect(hosts('orchestrator-worker')).toEqual([
      'api.retellai.com',
      'api.stripe.com',
      'api.twilio.com',
      'oauth2.googleapis.com',
      'openrouter.ai',
      'services.leadconnectorhq.com',
      'www.googleapis.com',
    ]);
    expect(hosts('prompt-svc')).toEqual(['api.retellai.com']);
    expect(hosts('payments-worker')).toEqual(['api.stripe.com']);
  });

  it('are none for everything else', () => {
    const silent = backends.filter(({ name }) => hosts(name).length === 0);
    expect(silent.map(({ name }) => name)).toEqual([
      'api-gateway',
      'webhook-ingress',
      'orchestrator',
      'billing-usage',
      'payments',
      'billing-usage-worker',
    ]);
  });

  it('name the declaration that asks for each', () => {
    expect(externalHosts(gke!.environment, named('iam'))[0]).toEqual({
      host: 'accounts.google.com',
      key: 'settings.OIDC_ISSUER',
    });
  });

  it('are the sandbox in development, wherever it runs', () => {
    expect(isInside('http://127.0.0.1:4100/stripe')).toBe(true);
    expect(isInside('http://localhost:4100/stripe')).toBe(true);
    expect(isInside('http://sandbox.dev-services.svc.cluster.local:4100')).toBe(true);
    expect(isInside('https://localhost.example.com')).toBe(false);
    for (const { name } of backends) {
      expect(externalHosts(kind!.environment, named(name))).toEqual([]);
    }
    expect(reachesSandbox(kind!.environment, named('iam'))).toBe(true);
    expect(reachesSandbox(kind!.environment, named('payments'))).toBe(false);
    expect(reachesSandbox(gke!.environment, named('iam'))).toBe(false);
  });
});

describe('the way out', () => {
  it('is the proxy where no policy knows host names, with a port for each caller', () => {
    const callers = proxiedCallers(platform, eks!.environment, eks!.cluster);
    expect(callers.map(({ backend, port }) => `${backend.name}:${port}`)).toEqual([
      'iam:14103',
      'prompt-svc:14104',
      'orchestrator-worker:14115',
      'payments-worker:14117',
    ]);
    expect(proxiedCallers(platform, gke!.environment, gke!.cluster)).toEqual([]);
  });

  it('is told to whoever leaves, and to nobody else', () => {
    const variables = (target: typeof eks, name: string) =>
      egressProxyVariables(target!.environment, target!.cluster, named(name));
    expect(variables(eks, 'iam')).toEqual({
      HTTPS_PROXY: `http://egress-proxy.prod-services.svc.cluster.local:${egressProxyPort(named('iam'))}`,
      HTTP_PROXY: `http://egress-proxy.prod-services.svc.cluster.local:${egressProxyPort(named('iam'))}`,
      NO_PROXY: 'localhost,127.0.0.1,.svc.cluster.local',
      NODE_USE_ENV_PROXY: '1',
    });
    expect(variables(eks, 'orchestrator-worker')['NO_PROXY']).toBe(
      'localhost,127.0.0.1,.svc.cluster.local,n8n.maxai.io',
    );
    expect(variables(eks, 'payments')).toEqual({});
    expect(variables(gke, 'iam')).toEqual({});
    expect(variables(kind, 'iam')).toEqual({});
  });
});
