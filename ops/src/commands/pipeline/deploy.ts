import { clusterLocation, clusterName } from '@maxai/topology/entry-names';
import { CommandError } from '../../supervisor/command-error.ts';
import type { PipelineTarget } from './cloud-target.ts';
import {
  jobProgress,
  readManifests,
  rolloutProgress,
  stageWaves,
  type Manifest,
  type Observed,
  type Progress,
  type Stage,
} from './deployment-stages.ts';
import { readLock } from './release-lock.ts';
import { runTool, type ToolRun } from './run-tool.ts';
import type { Clock } from './verify-approval.ts';

const pollMs = 10_000;

/** Points kubectl at a cluster, with the identity the cloud's own command is signed in with. */
export function connect(run: ToolRun, { environment, cloud }: PipelineTarget): void {
  const name = clusterName(environment);
  if (cloud.kind === 'eks') {
    runTool('aws', ['eks', 'update-kubeconfig', '--name', name, '--region', cloud.region], run);
    return;
  }
  const place = ['--location', clusterLocation(environment, cloud), '--project', cloud.account];
  const get = ['container', 'clusters', 'get-credentials', name, '--dns-endpoint', ...place];
  runTool('gcloud', get, run);
}

function apply(run: ToolRun, wave: readonly Manifest[]): void {
  const input = wave.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const server = ['--server-side', '--force-conflicts', '--field-manager=pipeline'];
  runTool('kubectl', ['apply', ...server, '-f', '-'], { ...run, input });
}

function observe(run: ToolRun, { kind, metadata }: Manifest): Observed {
  const resource = kind === 'Rollout' ? 'rollouts.argoproj.io' : 'jobs.batch';
  const place = ['--namespace', metadata.namespace ?? 'default', '--output', 'json'];
  return JSON.parse(
    runTool('kubectl', ['get', resource, metadata.name, ...place], run),
  ) as Observed;
}

async function settle(
  run: ToolRun,
  waited: readonly Manifest[],
  environment: string,
  { clock, minutes, tell }: Pace,
): Promise<void> {
  const deadline = clock.now().getTime() + minutes * 60_000;
  const decide = `npx maxai release promote or abort --environment ${environment} --service <service>`;
  const told = new Set<string>();
  for (;;) {
    const progress: Progress[] = waited.map((manifest) =>
      (manifest.kind === 'Rollout' ? rolloutProgress : jobProgress)(observe(run, manifest)),
    );
    const details = (state: Progress['state']) =>
      progress.filter((entry) => entry.state === state).map(({ detail }) => detail);
    if (details('failed').length > 0) {
      throw new CommandError(
        `The cluster refused it: ${details('failed').join('; ')}`,
        'read the logs and the analysis runs of what is named; the old version has the traffic',
      );
    }
    const undecided = details('undecided');
    for (const detail of undecided.filter((entry) => !told.has(entry))) {
      tell(`${detail}: a person decides with ${decide}`);
      told.add(detail);
    }
    const open = [...undecided, ...details('waiting')];
    if (open.length === 0) return;
    if (clock.now().getTime() >= deadline) {
      throw new CommandError(
        `Not done after ${minutes} minutes: ${open.join('; ')}`,
        undecided.length > 0
          ? `decide what is paused: ${decide}; running this step again goes on waiting`
          : 'look at its events with kubectl describe; running this step again goes on waiting',
      );
    }
    await clock.wait(pollMs);
  }
}

export type Pace = {
  readonly clock: Clock;
  readonly minutes: number;
  readonly tell: (line: string) => void;
};

/** Applies one stage of what is rendered, wave by wave, and waits for its Jobs or Rollouts to end well. */
export async function deploy(
  run: ToolRun,
  target: PipelineTarget,
  stage: Stage,
  pace: Pace,
): Promise<void> {
  // Refuses what was never built before anything is touched.
  readLock(run.cwd, target.environment.name);
  for (const wave of stageWaves(readManifests(run.cwd, target), stage)) {
    apply(run, wave);
    await settle(
      run,
      wave.filter(({ kind }) => kind === 'Job' || kind === 'Rollout'),
      target.environment.name,
      pace,
    );
  }
}
