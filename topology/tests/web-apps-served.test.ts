import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../src/checks/check-platform.ts';
import { checkRendered } from '../src/checks/check-rendered.ts';
import type { Platform } from '../src/model/index.ts';
import { platform } from '../src/platform.ts';
import { environmentDiagram } from '../src/render/diagram/environment-diagram.ts';
import { renderTargets } from '../src/render/kubernetes/render-targets.ts';
import { environmentsTable } from '../src/render/tables/environments.ts';
import { clusterOf, clusters, fieldOf, type Cluster } from './rendered-cluster.ts';

const servedByCluster: Platform = {
  ...platform,
  environments: platform.environments.map((environment) => ({
    ...environment,
    frontends: { ...environment.frontends, primary: 'cluster' },
  })),
};

const webApps = platform.webApps.map(({ name }) => name);

function routed({ of }: Cluster): string[] {
  return of('HTTPRoute')
    .map(({ metadata }) => metadata.name)
    .filter((name) => webApps.some((app) => app === name));
}

/** Policies that let the load balancer in to the pods of the web apps. */
function admitted({ of }: Cluster): string[] {
  return of('NetworkPolicy')
    .filter((policy) => JSON.stringify(fieldOf(policy, 'spec.ingress') ?? '').includes('ipBlock'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => webApps.some((app) => app === name));
}

describe('the web apps', () => {
  it.each(
    clusters.map((one) => [one.target.environment.name, one.target.cluster.kind, one] as const),
  )('run in %s on %s, but are sent visitors only where they are primary [R10,R40]', (...given) => {
    const [, , cluster] = given;
    const { primary } = cluster.target.environment.frontends;
    const rollouts = cluster.of('Rollout').map(({ metadata }) => metadata.name);
    expect(rollouts).toEqual(expect.arrayContaining(webApps));
    expect(routed(cluster)).toEqual(primary === 'cluster' ? webApps : []);
    expect(admitted(cluster).toSorted()).toEqual(primary === 'cluster' ? webApps.toSorted() : []);
  });

  it.each(
    renderTargets(servedByCluster).map(
      (target) => [target.environment.name, target.cluster.kind, target] as const,
    ),
  )('are sent them by the cluster of %s on %s once the model says so', (...given) => {
    const cluster = clusterOf(given[2]);
    expect(routed(cluster)).toEqual(webApps);
    expect(checkRendered(cluster.target, cluster.objects)).toEqual([]);
  });

  it('are asked for their health where each answers it', () => {
    const [target] = renderTargets(servedByCluster);
    const checks = clusterOf(target!).of('HealthCheckPolicy');
    const paths = checks.map((check) => [
      check.metadata.name.replace('-canary', ''),
      fieldOf(check, 'spec.default.config.httpHealthCheck.requestPath'),
    ]);
    const expected = [...platform.services, ...platform.webApps].map(
      ({ name, probes }) => [name, probes.readiness] as const,
    );
    expect(paths.length).toBeGreaterThan(7);
    for (const [name, path] of paths) expect(expected).toContainEqual([name, path]);
  });

  it('are told apart in the document by who is sent the visitors', () => {
    expect(checkPlatform(servedByCluster)).toEqual([]);
    const [serverless, cluster] = [platform, servedByCluster].map((each) =>
      [environmentsTable(each), environmentDiagram(each, each.environments[0]!)].join('\n'),
    );
    expect(serverless).toContain(
      'Vercel or Cloud Run; Next standalone servers in prod-frontend stand by',
    );
    expect(serverless).toContain('edge -->|"/admin"| admin_web_serverless');
    expect(cluster).not.toMatch(/stand by|stands by|_serverless/);
    expect(cluster).toContain('| Next standalone servers in prod-frontend |');
    expect(cluster).toContain('edge -->|"/admin"| admin_web\n');
  });
});
