import type { KubernetesObject, RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import { platformFile } from '../finding.ts';

type Named = { readonly name: string };
type Probe = { readonly httpGet?: { readonly path?: string } };

/** The fields of a container that the checks read; each of them may be missing. */
export type Container = Named & {
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources?: Readonly<
    Partial<Record<'requests' | 'limits', Readonly<Record<string, string>>>>
  >;
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly runAsNonRoot?: boolean;
    readonly seccompProfile?: { readonly type: string };
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: Named; readonly configMapKeyRef?: Named };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly envFrom?: readonly { readonly secretRef?: Named; readonly configMapRef?: Named }[];
};

export type PodTemplate = {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly priorityClassName?: string;
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext?: Container['securityContext'];
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly {
      readonly secret?: { readonly secretName: string };
      readonly configMap?: Named;
    }[];
  };
};

type Templated = {
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec: Templated };
};

const podKinds = new Set(['Rollout', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']);
const lastingKinds = new Set(['Rollout', 'Deployment']);

/** The spec of an object; which fields it has follows from its kind, which its model has validated. */
export function specOf<T extends object>(object: KubernetesObject): T {
  return (object['spec'] ?? {}) as T;
}

export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  if (!podKinds.has(object.kind)) return undefined;
  const { template, jobTemplate } = specOf<Templated>(object);
  return template ?? jobTemplate?.spec.template;
}

/** Runs until it is replaced, behind other processes' requests or jobs. */
export function isLasting(object: KubernetesObject): boolean {
  return lastingKinds.has(object.kind);
}

/** `prod-services/Rollout/iam`; without a namespace `Namespace/prod-services`. */
export function objectPath({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? `${kind}/${name}` : `${namespace}/${kind}/${name}`;
}

/** The file that declares an object. */
export function originFile({ origins }: RenderedObject): string {
  return (origins.find(({ field }) => field === '') ?? origins[0])?.file ?? platformFile;
}

/** Whether a selector's labels are all on a pod; an empty selector is taken to select nothing. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}
