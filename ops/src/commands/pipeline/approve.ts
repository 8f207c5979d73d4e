import { CommandError } from '../../supervisor/command-error.ts';
import { approvalHoursMax, type ApprovalStatement } from './approval.ts';
import { commitOf } from './approval-tags.ts';
import { readTestedLock } from './release-lock.ts';
import { runTool, type ToolRun } from './run-tool.ts';

export type ApproveOptions = {
  readonly environment: string;
  readonly commit: string;
  /** The private SSH key, or its public part when an agent holds the private one. */
  readonly key: string;
  readonly hours: number;
};

/** Signs, as a tag, that exactly these images of this commit may be released. Returns the tag's name. */
export function approve(run: ToolRun, options: ApproveOptions, now: Date): string {
  const { environment, hours } = options;
  if (!(hours > 0 && hours <= approvalHoursMax)) {
    throw new CommandError(
      `An approval cannot be good for ${hours} hours`,
      `give --hours between 1 and ${approvalHoursMax}`,
    );
  }
  const commit = commitOf(run, options.commit);
  const statement: ApprovalStatement = {
    environment,
    commit,
    ...readTestedLock(run.cwd, environment),
    expiresAt: new Date(now.getTime() + hours * 3_600_000).toISOString(),
  };
  const name = `approval/${environment}/${commit.slice(0, 12)}-${now.getTime()}`;
  const ssh = ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${options.key}`];
  runTool('git', [...ssh, 'tag', '-s', '-m', JSON.stringify(statement), name, commit], run);
  return name;
}
