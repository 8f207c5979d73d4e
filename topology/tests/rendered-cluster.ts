import type { EnvironmentName } from '../src/model/index.ts';
import { platform } from '../src/platform.ts';
import { renderKubernetes } from '../src/render/kubernetes/render-kubernetes.ts';
import { renderTargets } from '../src/render/kubernetes/render-targets.ts';
import type {
  KubernetesObject,
  RenderedObject,
  RenderTarget,
} from '../src/render/kubernetes/rendered-object.ts';

export type Cluster = {
  readonly target: RenderTarget;
  readonly objects: readonly RenderedObject[];
  readonly of: (kind: string) => KubernetesObject[];
  readonly get: (kind: string, name: string) => KubernetesObject;
};

export function clusterOf(target: RenderTarget): Cluster {
  const objects = renderKubernetes(target);
  const of = (kind: string) =>
    objects.filter(({ object }) => object.kind === kind).map(({ object }) => object);
  return {
    target,
    objects,
    of,
    get: (kind, name) => {
      const found = of(kind).find(({ metadata }) => metadata.name === name);
      if (found === undefined) throw new Error(`no ${kind} ${name} is rendered`);
      return found;
    },
  };
}

export function targetOf(environment: EnvironmentName, kind: string): RenderTarget {
  return renderTargets(platform).find(
    (target) => target.environment.name === environment && target.cluster.kind === kind,
  )!;
}

/** The clusters of the document's environments, each rendered once. */
export const clusters: readonly Cluster[] = renderTargets(platform).map(clusterOf);

export function cluster(environment: EnvironmentName, kind: string): Cluster {
  return clusters.find(
    ({ target }) => target.environment.name === environment && target.cluster.kind === kind,
  )!;
}

/** `spec.template.spec.containers.0.image` of an object. */
export function fieldOf(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      object,
    );
}
