import { platform } from '@maxai/topology/platform';
import { namespaceOf } from '@maxai/topology/render/kubernetes/object-names';
import { runTool, type ToolRun } from '../commands/pipeline/run-tool.ts';
import { CommandError } from '../supervisor/command-error.ts';

type Environment = (typeof platform.environments)[number];

/** Where a service's Rollout lies in the cluster that kubectl points at. */
export type ClusterRollout = {
  readonly environment: Environment['name'];
  readonly service: string;
  readonly namespace: string;
};

/** What is read of a Rollout. */
export type Rollout = {
  readonly metadata: {
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    /** Argo writes the generation it has seen as text. */
    readonly observedGeneration?: string;
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
    readonly canary?: { readonly weights?: { readonly canary: { readonly weight: number } } };
  };
};

export type PodTemplate = {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
};

export type ReplicaSet = {
  readonly metadata: {
    readonly creationTimestamp: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly template: PodTemplate };
};

export const hashLabel = 'rollouts-pod-template-hash';
const revision = 'rollout.argoproj.io/revision';

/** Finds a service's Rollout; throws with the services there are. */
export function clusterRollout(environment: Environment, service: string): ClusterRollout {
  const backends = [...platform.services, ...platform.workers];
  const found = backends.find(({ name }) => name === service);
  if (found === undefined) {
    throw new CommandError(
      `There is no service "${service}".`,
      `choose among ${backends.map(({ name }) => name).join(', ')}`,
    );
  }
  return { environment: environment.name, service, namespace: namespaceOf(environment, found) };
}

export function kubectl(run: ToolRun, { namespace }: ClusterRollout, ...args: string[]): string {
  return runTool('kubectl', ['--namespace', namespace, ...args], run);
}

export function readRollout(run: ToolRun, at: ClusterRollout): Rollout {
  const text = kubectl(run, at, 'get', 'rollouts.argoproj.io', at.service, '--output', 'json');
  // The Kubernetes API answers in this shape.
  return JSON.parse(text) as Rollout;
}

/** The versions of a service that the cluster knows, the newest revision first. */
export function readReplicaSets(run: ToolRun, at: ClusterRollout): ReplicaSet[] {
  const selector = `app.kubernetes.io/name=${at.service}`;
  const what = ['get', 'replicasets.apps', '--selector', selector, '--output', 'json'];
  // The Kubernetes API answers in this shape.
  const { items } = JSON.parse(kubectl(run, at, ...what)) as { items: ReplicaSet[] };
  const order = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.[revision] ?? 0);
  return items.toSorted((a, b) => order(b) - order(a));
}

/** The release a version is of, as its processes are told it. */
export function versionOf({ spec }: ReplicaSet): string {
  const variables = spec.template.spec.containers.flatMap(({ env = [] }) => env);
  return variables.find(({ name }) => name.endsWith('_VERSION'))?.value ?? 'unknown';
}
