import type { Deployable, Service, WebApp } from '../model/index.ts';
import { namespaceName, namespaceOf } from '../render/kubernetes/object-names.ts';
import { pgbouncer } from '../render/kubernetes/platform-components.ts';
import { sandboxNamespace } from '../render/kubernetes/render-targets.ts';
import type { RenderTarget } from '../render/kubernetes/rendered-object.ts';
import { podsNamed, type Pods } from './network-edge.ts';

/** Where each deployable that runs in this cluster has its pods. */
export function podsOf({ environment }: RenderTarget, deployable: Deployable): Pods {
  return deployable.kind === 'sandbox'
    ? podsNamed(namespaceName(environment, sandboxNamespace), deployable.name)
    : podsNamed(namespaceOf(environment, deployable), deployable.name);
}

/** The web apps whose visitors come to the cluster: all of them or, while they are served without it, none. */
export function webAppsServed({
  platform,
  environment,
}: Pick<RenderTarget, 'platform' | 'environment'>) {
  return environment.frontends.primary === 'cluster' ? platform.webApps : [];
}

/** What is connected to anything; web apps that stand by are not, and the outside world is a pod in development only. */
export function deployablesIn(target: RenderTarget): Deployable[] {
  const { platform, cluster } = target;
  const connected = [...platform.services, ...platform.workers, ...webAppsServed(target)];
  return cluster.kind === 'kind' ? [...connected, platform.sandbox] : connected;
}

/** What the load balancer sends requests to in this cluster. */
export function routedDeployables(target: RenderTarget): (Service | WebApp)[] {
  const { services, routes } = target.platform;
  return [...services, ...webAppsServed(target)].filter(({ name }) =>
    routes.some(({ to }) => to === name),
  );
}

export function poolerOf({ environment }: RenderTarget): Pods {
  return podsNamed(namespaceName(environment, pgbouncer.namespace), pgbouncer.name);
}
