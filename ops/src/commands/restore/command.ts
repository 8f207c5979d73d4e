import type { RepositoryName } from '@maxai/topology/recovery';
import { Command } from 'commander';
import { stateFolderOf } from '../../platform/environment.ts';
import { platformOfState } from '../../recovery/platform-of-state.ts';
import { parseRestoreTarget } from '../../recovery/restore-point.ts';
import { restorePlatform, type Restored } from '../../recovery/restore-platform.ts';
import { repositoryChoice } from '../backup/command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type Options = {
  readonly to: string;
  readonly repository?: RepositoryName;
  readonly json?: true;
};

export function restoredText({ backup, durationMs, replacedData }: Restored): string {
  const seconds = (durationMs / 1000).toFixed(1);
  return `Restored from ${backup} in ${seconds} s. What was there before: ${replacedData ?? 'nothing'}`;
}

async function restore(
  env: Environment,
  { to, repository, json }: Options,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = parseRestoreTarget(to);
  const state = stateFolderOf(env);
  const restored = await restorePlatform({
    ...platformOfState(env, state),
    state,
    target,
    repository,
    now: new Date(),
    report: (step) => console.error(step),
    signal,
  });
  console.log(json === true ? JSON.stringify(restored, undefined, 2) : restoredText(restored));
}

/** `signal` gives a restore up as long as the data is as it was. */
export function restoreCommand(env: Environment = process.env, signal?: AbortSignal): Command {
  return new Command('restore')
    .description('put the database back to a moment, beside its data first')
    .requiredOption('--to <moment>', "a time with its zone, a backup's label, or 'latest'")
    .addOption(repositoryChoice())
    .option('--json', 'for programs')
    .action((options: Options) => restore(env, options, signal));
}
