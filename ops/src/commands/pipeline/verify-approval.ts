import { CommandError } from '../../supervisor/command-error.ts';
import { whyNotApproved, type Candidate } from './approval.ts';
import { approvalTags, authorsSince, commitOf, lastReleased } from './approval-tags.ts';
import { readTestedLock } from './release-lock.ts';
import { runTool, type ToolRun } from './run-tool.ts';

export type VerifyOptions = {
  readonly environment: string;
  readonly commit: string;
  readonly waitMinutes: number;
};

export type Clock = {
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
};

export type Approved = { readonly tag: string; readonly signer: string };

const pollMs = 30_000;

/** The approval there is, or why each of the tags is none. */
function findApproval(run: ToolRun, candidate: Candidate, trusted: string, now: Date) {
  const tags = approvalTags(run, candidate.environment, trusted);
  const judged = tags.map((tag) => ({ tag, reason: whyNotApproved(tag, candidate, now) }));
  const good = judged.find(({ reason }) => reason === null)?.tag;
  return {
    approved: good === undefined ? null : { tag: good.name, signer: String(good.signer) },
    reasons: judged.map(({ tag, reason }) => `  ${tag.name}: ${reason}`),
  };
}

/**
 * Fails unless a release manager, as the release before this one lists them, who wrote none of it,
 * signed that exactly these images of this commit may be released, not long ago.
 */
export async function verifyApproval(
  run: ToolRun,
  options: VerifyOptions,
  clock: Clock,
): Promise<Approved> {
  const commit = commitOf(run, options.commit);
  const released = lastReleased(run, commit);
  const candidate = {
    environment: options.environment,
    commit,
    lock: readTestedLock(run.cwd, options.environment),
    authors: authorsSince(run, released, commit),
  };
  const deadline = clock.now().getTime() + options.waitMinutes * 60_000;
  for (;;) {
    const { approved, reasons } = findApproval(run, candidate, released ?? commit, clock.now());
    if (approved !== null) return approved;
    if (clock.now().getTime() >= deadline) {
      throw new CommandError(
        [`Nobody approved ${commit.slice(0, 12)} for ${options.environment}`, ...reasons].join(
          '\n',
        ),
        `a release manager who wrote none of it runs npx maxai pipeline approve with the release that was built, and pushes the tag; then run this step again`,
      );
    }
    await clock.wait(pollMs);
    runTool('git', ['fetch', '--quiet', '--tags', 'origin'], run);
  }
}
