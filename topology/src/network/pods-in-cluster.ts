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

/** Web apps and the outside world run in the cluster only where it is a single machine. */
export function deployablesIn({ platform, cluster }: RenderTarget): Deployable[] {
  const backends = [...platform.services, ...platform.workers];
  return cluster.kind === 'kind' ? [...backends, ...platform.webApps, platform.sandbox] : backends;
}

/** What the load balancer sends requests to in this cluster; elsewhere web apps are served without one. */
export function routedDeployables(target: RenderTarget): (Service | WebApp)[] {
  const { services, webApps, routes } = target.platform;
  const inside = target.cluster.kind === 'kind' ? [...services, ...webApps] : services;
  return inside.filter(({ name }) => routes.some(({ to }) => to === name));
}

export function poolerOf({ environment }: RenderTarget): Pods {
  return podsNamed(namespaceName(environment, pgbouncer.namespace), pgbouncer.name);
}
