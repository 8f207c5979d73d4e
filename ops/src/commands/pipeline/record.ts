import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { retireReleases } from '../../release/retire-releases.ts';
import { commitOf } from './approval-tags.ts';
import { readLock } from './release-lock.ts';
import { runTool, type ToolRun } from './run-tool.ts';

/** A runner has no name of its own. */
const pipelineIdentity = {
  GIT_AUTHOR_NAME: 'MaxAI pipeline',
  GIT_AUTHOR_EMAIL: 'pipeline@maxai.io',
  GIT_COMMITTER_NAME: 'MaxAI pipeline',
  GIT_COMMITTER_EMAIL: 'pipeline@maxai.io',
};
const recordedFolders = ['topology/releases', 'topology/rendered', 'contracts/released'];

/** Where a release is written down, and what points to it. */
export type Recorded = { readonly tag: string; readonly branch: string };

/**
 * Writes down that a version serves all traffic: a tag on its commit, and a branch that adds its lock, its
 * manifests and its line of history. Pushes both; the checkout's own branch stays as it is.
 */
export function recordRelease(run: ToolRun, environment: string, now: Date): Recorded {
  const { version } = readLock(run.cwd, environment);
  const commit = commitOf(run, 'HEAD');
  const history = join(run.cwd, 'topology/releases/history', `${version}.json`);
  const record = { version, commit, releasedAt: now.toISOString(), retiredAt: null };
  mkdirSync(dirname(history), { recursive: true });
  writeFileSync(history, `${JSON.stringify(record, null, 2)}\n`);
  retireReleases(run.cwd, now);
  const scratch = mkdtempSync(join(tmpdir(), 'record-'));
  const own = {
    ...run,
    env: { ...run.env, ...pipelineIdentity, GIT_INDEX_FILE: join(scratch, 'index') },
  };
  const git = (...args: readonly string[]) => runTool('git', args, own).trim();
  try {
    git('read-tree', commit);
    git('add', '--all', ...recordedFolders.filter((folder) => existsSync(join(run.cwd, folder))));
    const tree = git('write-tree');
    const message = `Release ${version} to ${environment}`;
    const recorded = git('commit-tree', tree, '-p', commit, '-m', message);
    const [tag, branch] = [`released/${version}`, `release-record/${version}`];
    git('tag', '--annotate', '--message', message, tag, commit);
    git('push', '--quiet', 'origin', `refs/tags/${tag}`, `${recorded}:refs/heads/${branch}`);
    return { tag, branch };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
