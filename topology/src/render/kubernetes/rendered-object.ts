import type { ClusterTarget, Environment, Platform } from '../../model/index.ts';

/** Any Kubernetes object, as it is applied. */
export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
};

/** Where a field of an object comes from: `key` is what stands in `file`, dotted from the declaration. */
export type Origin = {
  /** Path in the object, `spec.maxReplicas`; empty for the object as a whole. */
  readonly field: string;
  /** From the root of the repository, `services/iam/deploy.ts`. */
  readonly file: string;
  /** Path in the declaration, `scaling.max`. */
  readonly key: string;
  /** Why it is so, where the value alone does not say it. */
  readonly because?: string;
};

export type RenderedObject = {
  readonly object: KubernetesObject;
  readonly origins: readonly Origin[];
  /** The file it is written to, below the target's folder, without extension: `prod-services/iam`. */
  readonly file: string;
};

/** What a renderer renders for: one environment's cluster on one cloud. */
export type RenderTarget = {
  readonly platform: Platform;
  readonly environment: Environment;
  readonly cluster: ClusterTarget;
};

/** One kind of object, or a few that belong together. */
export type KubernetesRenderer = (target: RenderTarget) => RenderedObject[];

/** A typed model of `kubernetes-models`: checks itself against its schema. */
type Model = { validate(): void; toJSON(): unknown };

/** Validates a typed object against its own schema; throws an error that names the object and the field. */
export function rendered(
  model: Model,
  at: { readonly file: string; readonly origins: readonly Origin[] },
): RenderedObject {
  // Every model serialises to an object with apiVersion, kind and metadata.
  const object = model.toJSON() as KubernetesObject;
  try {
    model.validate();
  } catch (error) {
    throw new Error(`${object.kind} ${object.metadata.name}: ${String(error)}`, { cause: error });
  }
  return { object, ...at };
}
