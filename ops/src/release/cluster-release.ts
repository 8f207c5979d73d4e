import { releasePolicy } from '@maxai/topology/release-policy';
import type { ToolRun } from '../commands/pipeline/run-tool.ts';
import { CommandError } from '../supervisor/command-error.ts';
import {
  hashLabel,
  kubectl,
  readReplicaSets,
  readRollout,
  versionOf,
  type ClusterRollout,
  type PodTemplate,
  type ReplicaSet,
  type Rollout,
} from './cluster-rollout.ts';
import { refusalOf, type Decision, type ReleasePhase, type ReleaseState } from './release-rules.ts';
import { recordRolledBack } from './retire-releases.ts';

const lastDecision = 'maxai.io/last-decision';

/** The release of a service as the cluster has it, in one line. */
export function clusterStatus(run: ToolRun, at: ClusterRollout): string {
  const { metadata, status = {} } = readRollout(run, at);
  const { phase = 'not observed yet', message, stableRS, currentPodHash, canary } = status;
  const weight = canary?.weights?.canary.weight;
  const decided = metadata.annotations?.[lastDecision];
  const versions =
    stableRS === currentPodHash
      ? `${stableRS ?? 'no version'} has everything`
      : `${currentPodHash} beside ${stableRS ?? 'nothing'}`;
  return [
    `${at.namespace}/${at.service}: ${phase}`,
    versions,
    ...(weight === undefined ? [] : [`new version ${weight} %`]),
    ...(message === undefined ? [] : [message]),
    ...(decided === undefined ? [] : [`last decision: ${decided}`]),
  ].join(', ');
}

/** A version that is older than the one before it was gone back to. */
function phaseOf(
  { metadata, status = {} }: Rollout,
  present: ReplicaSet,
  before: ReplicaSet,
): ReleasePhase {
  const { phase, abort, stableRS, currentPodHash, observedGeneration } = status;
  // What the status says is of a template that was replaced since.
  if (Number(observedGeneration) !== metadata.generation) return 'starting';
  if (abort === true) return 'aborted';
  if (stableRS !== currentPodHash) return phase === 'Paused' ? 'paused' : 'judging';
  return present.metadata.creationTimestamp < before.metadata.creationTimestamp
    ? 'rolled-back'
    : 'promoted';
}

/** The release of a service in the words of the record of one machine. */
function stateOnCluster(
  at: ClusterRollout,
  rollout: Rollout,
  present: ReplicaSet,
  before: ReplicaSet,
): ReleaseState {
  const completed = rollout.status?.conditions?.find(
    ({ type, status }) => type === 'Completed' && status === 'True',
  );
  const { creationTimestamp } = present.metadata;
  const phase = phaseOf(rollout, present, before);
  const id = `${at.namespace}/${at.service}`;
  return {
    id,
    service: at.service,
    from: versionOf(before),
    to: versionOf(present),
    startedAt: Date.parse(creationTimestamp),
    phase,
    percent: phase === 'promoted' ? 100 : 0,
    promotedAt: Date.parse(completed?.lastTransitionTime ?? creationTimestamp),
    reason: rollout.status?.message ?? null,
  };
}

function withoutHash({ spec: { template } }: ReplicaSet): PodTemplate {
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

export type ClusterDecision = {
  readonly decision: Decision;
  readonly by: string;
  readonly now: Date;
};

/**
 * Carries a decision out on the cluster kubectl points at, if the Rollout is where it makes sense: Argo Rollouts reads
 * `status.promoteFull` and `status.abort`; a rollback is the earlier pod template, which its rollback window lets take
 * over at once. It is written down first, on the Rollout, and a rollback of production in the history of releases as
 * well: returns the file of that, if any.
 */
export function decideOnCluster(
  run: ToolRun,
  at: ClusterRollout,
  { decision, by, now }: ClusterDecision,
): string | null {
  const rollout = readRollout(run, at);
  const [present, before] = readReplicaSets(run, at);
  if (present === undefined || (before === undefined && decision === 'rollback')) {
    throw new CommandError(
      `${at.service} has no version to ${decision === 'rollback' ? 'roll back to' : decision}.`,
      'deploy the release that is wanted: npx maxai pipeline deploy with its locks',
    );
  }
  const state = stateOnCluster(at, rollout, present, before ?? present);
  const keepOldMs = releasePolicy(at.environment).keepOldHours * 3_600_000;
  const refusal = refusalOf(decision, state, { now: now.getTime(), keepOldMs });
  if (refusal !== null) {
    throw new CommandError(
      `Nothing was changed. ${refusal}.`,
      `npx maxai release status --environment ${at.environment} --service ${at.service} shows where it stands; the other verbs take the same options`,
    );
  }
  const what = `${decision} of ${state.to} over ${state.from} by ${by} at ${now.toISOString()}`;
  const noted = ['annotate', 'rollouts.argoproj.io', at.service, '--overwrite'];
  kubectl(run, at, ...noted, `${lastDecision}=${what}`);
  if (decision !== 'rollback' || before === undefined) {
    const status = decision === 'abort' ? { abort: true } : { promoteFull: true };
    patch(run, at, 'merge', { status }, '--subresource', 'status');
    return null;
  }
  const file = at.environment === 'production' ? recordRolledBack(run.cwd, state.to, now) : null;
  // Replaced as a whole: merging would keep what only the present version has.
  const value = withoutHash(before);
  patch(run, at, 'json', [{ op: 'replace', path: '/spec/template', value }]);
  return file;
}
