import { developmentEnvironment } from '../../environments/development.ts';
import type { ClusterTarget, Environment, Platform } from '../../model/index.ts';
import { clusterHost } from './platform-components.ts';
import type { RenderTarget } from './rendered-object.ts';

/** Where the stand-in for the outside world runs in a development cluster. */
export const sandboxNamespace = 'services';

/** Development's addresses as its cluster sees them: the outside world is a pod, not a loopback port. */
function insideCluster(platform: Platform, environment: Environment): Environment {
  const host = clusterHost(environment, { name: 'sandbox', namespace: sandboxNamespace });
  return developmentEnvironment({
    portOffset: 0,
    publicUrl: environment.publicUrl,
    sandboxUrl: `http://${host}:${platform.sandbox.port}`,
  });
}

/** Every cluster the platform can run on: each environment on each of its clouds. */
export function renderTargets(platform: Platform): RenderTarget[] {
  return platform.environments.flatMap((environment) =>
    environment.targets.map((cluster: ClusterTarget) => ({
      platform,
      environment:
        cluster.kind === 'kind'
          ? { ...insideCluster(platform, environment), targets: environment.targets }
          : environment,
      cluster,
    })),
  );
}

/** `production/gke` */
export function targetFolder({ environment, cluster }: RenderTarget): string {
  return `${environment.name}/${cluster.kind}`;
}
