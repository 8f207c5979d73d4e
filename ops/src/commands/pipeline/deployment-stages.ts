import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandError } from '../../supervisor/command-error.ts';
import type { PipelineTarget } from './cloud-target.ts';

export type Manifest = {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
};

export type Stage = 'migrations' | 'release';

const waveOf = ({ metadata }: Manifest) =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);

/** The rendered objects of one cluster. */
export function readManifests(root: string, { environment, cloud }: PipelineTarget): Manifest[] {
  const folder = join(root, 'topology/rendered', environment.name, cloud.kind);
  if (!existsSync(folder)) {
    throw new CommandError(`Nothing is rendered in ${folder}`, 'run npm run generate first');
  }
  return globSync('**/*.yaml', { cwd: folder })
    .toSorted()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}

/**
 * The objects of a stage in the waves they are applied in. Migrations are every wave up to the last Job;
 * the release is the rest.
 */
export function stageWaves(manifests: readonly Manifest[], stage: Stage): Manifest[][] {
  const lastJob = Math.max(...manifests.filter(({ kind }) => kind === 'Job').map(waveOf));
  const isEarly = (manifest: Manifest) => waveOf(manifest) <= lastJob;
  const own = manifests.filter((manifest) => isEarly(manifest) === (stage === 'migrations'));
  const waves = [...new Set(own.map(waveOf))].toSorted((a, b) => a - b);
  return waves.map((wave) => own.filter((manifest) => waveOf(manifest) === wave));
}

type Condition = { readonly type: string; readonly status: string; readonly message?: string };

/** A Job or a Rollout as the cluster has it. */
export type Observed = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly phase?: string;
    readonly message?: string;
    readonly observedGeneration?: string | number;
  };
};

export type Progress = {
  readonly state: 'done' | 'waiting' | 'undecided' | 'failed';
  readonly detail: string;
};

/** How far a Job is. */
export function jobProgress({ metadata, status }: Observed): Progress {
  const found = (type: string) =>
    status?.conditions?.find((entry) => entry.type === type && entry.status === 'True');
  const failure = found('Failed');
  if (failure !== undefined) {
    return { state: 'failed', detail: `${metadata.name}: ${failure.message ?? 'failed'}` };
  }
  return { state: found('Complete') ? 'done' : 'waiting', detail: metadata.name };
}

/**
 * How far a Rollout is: it is done when the new version has all traffic, failed when its analysis took it back. Its
 * only pause is that of an analysis that could not tell, or of a person.
 */
export function rolloutProgress({ metadata, status }: Observed): Progress {
  const { phase = 'Unknown', message = '' } = status ?? {};
  const detail = `${metadata.name}: ${[phase, message].filter(Boolean).join(', ')}`;
  // Argo writes the generation it has seen as text.
  if (Number(status?.observedGeneration) !== metadata.generation) {
    return { state: 'waiting', detail: `${metadata.name}: not seen yet` };
  }
  if (phase === 'Degraded') return { state: 'failed', detail };
  if (phase === 'Paused') return { state: 'undecided', detail };
  return { state: phase === 'Healthy' ? 'done' : 'waiting', detail };
}
