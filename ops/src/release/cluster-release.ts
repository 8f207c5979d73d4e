import { platform } from '@maxai/topology/platform';
import { namespaceOf } from '@maxai/topology/render/kubernetes/object-names';
import { runTool, type ToolRun } from '../commands/pipeline/run-tool.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { Decision } from './release-rules.ts';

type Environment = (typeof platform.environments)[number];

/** Where a service's Rollout lies in the cluster that kubectl points at. */
export type ClusterRollout = { readonly service: string; readonly namespace: string };

/** What is read of a Rollout. */
type Rollout = {
  readonly spec: { readonly template: PodTemplate; readonly replicas?: number };
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly canary?: { readonly weights?: { readonly canary: { readonly weight: number } } };
  };
};

type PodTemplate = {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
};

type ReplicaSet = {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly template: PodTemplate };
};

const hashLabel = 'rollouts-pod-template-hash';
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
  return { service, namespace: namespaceOf(environment, found) };
}

function kubectl(run: ToolRun, { namespace }: ClusterRollout, ...args: string[]): string {
  return runTool('kubectl', ['--namespace', namespace, ...args], run);
}

function readRollout(run: ToolRun, at: ClusterRollout): Rollout {
  const text = kubectl(run, at, 'get', 'rollouts.argoproj.io', at.service, '--output', 'json');
  // The Kubernetes API answers in this shape.
  return JSON.parse(text) as Rollout;
}

/** The release of a service as the cluster has it, in one line. */
export function clusterStatus(run: ToolRun, at: ClusterRollout): string {
  const { status = {} } = readRollout(run, at);
  const { phase = 'not observed yet', message, stableRS, currentPodHash, canary } = status;
  const weight = canary?.weights?.canary.weight;
  const versions =
    stableRS === currentPodHash
      ? `${stableRS ?? 'no version'} has everything`
      : `${currentPodHash} beside ${stableRS ?? 'nothing'}`;
  return [
    `${at.namespace}/${at.service}: ${phase}`,
    versions,
    ...(weight === undefined ? [] : [`new version ${weight} %`]),
    ...(message === undefined ? [] : [message]),
  ].join(', ');
}

/** The pod template of the version before the present one; throws when the cluster keeps none. */
function previousTemplate(run: ToolRun, at: ClusterRollout): PodTemplate {
  const selector = `app.kubernetes.io/name=${at.service}`;
  const text = kubectl(
    run,
    at,
    'get',
    'replicasets.apps',
    '--selector',
    selector,
    '--output',
    'json',
  );
  // The Kubernetes API answers in this shape.
  const { items } = JSON.parse(text) as { items: ReplicaSet[] };
  const order = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.[revision] ?? 0);
  const [, previous] = items.toSorted((a, b) => order(b) - order(a));
  if (previous === undefined) {
    throw new CommandError(
      `${at.service} has no version to roll back to.`,
      'deploy the earlier release again: npx maxai pipeline deploy with its locks',
    );
  }
  const { template } = previous.spec;
  const { [hashLabel]: _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

function patch(
  run: ToolRun,
  at: ClusterRollout,
  type: 'merge' | 'json',
  change: object,
  ...more: string[]
) {
  const what = ['patch', 'rollouts.argoproj.io', at.service, '--type', type];
  kubectl(run, at, ...what, ...more, '--patch', JSON.stringify(change));
}

/**
 * Carries a decision out on the cluster kubectl points at: Argo Rollouts reads `status.promoteFull` and
 * `status.abort`; a rollback is the earlier pod template, which its rollback window lets take over at once.
 */
export function decideOnCluster(run: ToolRun, at: ClusterRollout, decision: Decision): void {
  if (decision === 'rollback') {
    const template = previousTemplate(run, at);
    // Replaced as a whole: merging would keep what only the present version has.
    patch(run, at, 'json', [{ op: 'replace', path: '/spec/template', value: template }]);
    return;
  }
  const status = decision === 'abort' ? { abort: true } : { promoteFull: true };
  patch(run, at, 'merge', { status }, '--subresource', 'status');
}
